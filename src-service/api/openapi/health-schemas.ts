import { z } from 'zod';
import { HOPS } from '../../../src-shared/errors/failing-hop.ts';
import { dateTime, nodeScope, status, named, count } from './answer-parts.ts';

export const connectorHealth = named(
  'ConnectorHealth',
  z.strictObject({
    id: z.string(),
    displayName: z.string(),
    connectorGroupId: z.string(),
    status,
    problems: z.array(
      z.enum([
        'notConnected',
        'draining',
        'coolingDown',
        'noCanaryAnswered',
        'configurationRejected',
        'certificateExpiring',
        'certificateExpired',
      ]),
    ),
    tunnels: z.number().int(),
    openStreams: z.number().int().describe('Requests under way.'),
    canaryMs: z.number().nullable(),
    roundTripMs: z.number().nullable(),
    version: z.string(),
    machineName: z.string(),
    externalIp: z.string().nullable(),
    configurationVersion: z.number().int().nullable(),
    configurationProblem: z.string().nullable(),
    certificateExpiryDateTime: dateTime,
    lastSeenDateTime: dateTime.nullable(),
  }),
);

export const connectorGroupHealth = named(
  'ConnectorGroupHealth',
  z.strictObject({
    id: z.string(),
    name: z.string(),
    status,
    connectors: z.number().int(),
    activeConnectors: z.number().int(),
    applications: z.number().int(),
  }),
);

export const applicationHealth = named(
  'ApplicationHealth',
  z.strictObject({
    id: z.string(),
    displayName: z.string(),
    connectorGroupId: z.string(),
    status: z.enum(['ok', 'degraded', 'down', 'unknown', 'disabled']),
    failingHop: z.enum(HOPS).nullable(),
    failuresInRow: z.number().int(),
    lastAnsweredDateTime: dateTime.nullable(),
    lastError: z
      .strictObject({
        code: z.string(),
        hop: z.enum(HOPS),
        message: z.string().nullable(),
        dateTime,
        activityId: z.string(),
        connectorId: z.string().nullable(),
      })
      .nullable(),
  }),
);

export const health = named(
  'Health',
  z.strictObject({
    status,
    scope: nodeScope,
    serviceVersion: z.string(),
    startedDateTime: dateTime,
    store: z.strictObject({ isUp: z.boolean(), reason: z.string().optional() }),
    connectors: z.strictObject({ total: count, active: count, ok: count }),
    connectorGroups: z.array(connectorGroupHealth),
    applications: z.strictObject({
      total: count,
      ok: count,
      degraded: count,
      down: count,
      unknown: count,
      disabled: count,
    }),
    problemCount: count,
    problems: z.array(
      z.strictObject({
        severity: z.enum(['degraded', 'down']),
        kind: z.enum(['store', 'certificate', 'connector', 'connectorGroup', 'application']),
        id: z.string().nullable(),
        displayName: z.string().nullable(),
        message: z.string(),
      }),
    ),
  }),
);
