import { z } from 'zod';
import { ANSWERS } from './answer-schemas.ts';
import { list, values } from './operation-parts.ts';
import type { Operations } from './operation.ts';

/** Of health, traffic and the audit. By method and path below the API's base. */
export const OBSERVATION_OPERATIONS: Operations = {
  'GET /postern/health': {
    operationId: 'getHealth',
    tag: 'Health',
    summary: 'The health of all, with what somebody should look at',
    answer: ANSWERS.health,
  },
  'GET /postern/health/connectors': {
    operationId: 'listConnectorHealth',
    tag: 'Health',
    summary: 'The health of every connector',
    answer: values(ANSWERS.connectorHealth),
  },
  'GET /postern/health/connectors/:id': {
    operationId: 'getConnectorHealth',
    tag: 'Health',
    summary: 'The health of a connector',
    answer: ANSWERS.connectorHealth,
  },
  'GET /postern/health/connectorGroups': {
    operationId: 'listConnectorGroupHealth',
    tag: 'Health',
    summary: 'The health of every connector group',
    answer: values(ANSWERS.connectorGroupHealth),
  },
  'GET /postern/health/applications': {
    operationId: 'listApplicationHealth',
    tag: 'Health',
    summary: 'The health of every application, as requests at this node showed it',
    answer: z.strictObject({ scope: z.literal('node'), value: z.array(ANSWERS.applicationHealth) }),
  },
  'GET /postern/health/applications/:id': {
    operationId: 'getApplicationHealth',
    tag: 'Health',
    summary: 'The health of an application',
    answer: ANSWERS.applicationHealth,
  },
  'GET /postern/traffic': {
    operationId: 'getTraffic',
    tag: 'Traffic',
    summary: 'Figures of all requests',
    answer: ANSWERS.traffic,
  },
  'GET /postern/traffic/applications': {
    operationId: 'listApplicationTraffic',
    tag: 'Traffic',
    summary: 'Figures by application, those with the most requests first',
    answer: ANSWERS.busyApplications,
  },
  'GET /postern/traffic/applications/:id': {
    operationId: 'getApplicationTraffic',
    tag: 'Traffic',
    summary: 'Figures of an application',
    answer: ANSWERS.applicationTraffic,
  },
  'GET /postern/traffic/failures/:activityId': {
    operationId: 'getRequestFailure',
    tag: 'Traffic',
    summary: 'Why a request failed',
    answer: ANSWERS.requestFailure,
  },
  'GET /postern/traffic/stream': {
    operationId: 'watchTraffic',
    tag: 'Traffic',
    summary: 'Requests as they end, as server-sent events',
    answer: z.string(),
    mediaTypes: ['text/event-stream'],
  },
  'POST /postern/bodyCaptures': {
    operationId: 'startBodyCapture',
    tag: 'Audit',
    summary: 'Record that a connector begins to look at the bodies of an application',
    answer: ANSWERS.bodyCapture,
    status: 201,
  },
  'POST /postern/bodyCaptures/:id/end': {
    operationId: 'endBodyCapture',
    tag: 'Audit',
    summary: 'Record that it has ended',
    answer: null,
  },
  ...list('/postern/audit', 'AuditRecords', 'Audit', 'audit records', ANSWERS.auditRecord),
  ...list(
    '/auditLogs/directoryAudits',
    'DirectoryAudits',
    'Audit',
    "audit records in Graph's shape",
    ANSWERS.directoryAudit,
  ),
  'GET /auditLogs/directoryAudits/:id': {
    operationId: 'getDirectoryAudit',
    tag: 'Audit',
    summary: "Read one audit record in Graph's shape",
    answer: ANSWERS.directoryAudit,
  },
};
