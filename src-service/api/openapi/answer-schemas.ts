import { z } from 'zod';
import { HOPS } from '../../../src-shared/errors/failing-hop.ts';
import { appRoleAssignmentSchema, appRoleSchema } from '../../../src-shared/publishing/app-roles.ts';
import { callerSchema } from '../../../src-shared/publishing/administrator.ts';
import {
  applicationSchema,
  connectorGroupSchema,
  connectorSchema,
  userSchema,
} from '../../../src-shared/publishing/application.ts';
import { bodyCaptureSchema } from '../../../src-shared/publishing/body-capture.ts';
import { certificateHostSchema, certificateSchema } from '../../../src-shared/publishing/certificate.ts';
import { enrolmentTokenCreatedSchema, enrolmentTokenSchema } from '../../../src-shared/publishing/enrolment-token.ts';
import { enrolmentResponseSchema } from '../../../src-shared/connector/enrolment.ts';
import { requestFailureSchema } from '../../../src-shared/connector/request-failure.ts';
import { serviceDescriptionSchema } from '../../../src-shared/connector/service-description.ts';

/**
 * What the routes answer with, for the OpenAPI document alone: no answer passes through these. That they are what is sent is
 * shown by `test/integration/openapi.test.ts`, which reads every route and checks each answer against the document.
 */

const tag = z.string().describe('The version of the resource, for If-Match and If-None-Match.');
const tagged = { '@odata.etag': tag };
const dateTime = z.iso.datetime();
const nodeScope = z.literal('node').describe('Of the node that answers, alone.');
const status = z.enum(['ok', 'degraded', 'down']);

/** Named in the document, so that generated clients have a type of that name. */
function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  return schema.meta({ id });
}

const application = named('Application', applicationSchema.extend(tagged));
const connector = named('Connector', connectorSchema.extend(tagged));
const connectorGroupMembers = named('ConnectorGroup', connectorGroupSchema.extend({ '@odata.etag': tag.optional() }));
const certificate = named('Certificate', certificateSchema.extend(tagged));
const assignment = named('AppRoleAssignment', appRoleAssignmentSchema.extend(tagged));
const enrolmentToken = named('EnrolmentToken', enrolmentTokenSchema.extend(tagged));
const user = named('User', userSchema);

const servicePrincipal = named(
  'ServicePrincipal',
  z.strictObject({
    ...tagged,
    id: z.string(),
    appId: z.string(),
    displayName: z.string(),
    appRoleAssignmentRequired: z.boolean(),
    appRoles: z.array(appRoleSchema),
    description: applicationSchema.shape.description,
    homepage: applicationSchema.shape.web.shape.homePageUrl,
    info: applicationSchema.shape.info,
    tags: z.array(z.string()),
  }),
);

const session = named(
  'Session',
  z.strictObject({
    id: z.string(),
    userId: z.string(),
    userDisplayName: z.string(),
    userPrincipalName: z.string(),
    identityProviderId: z.string(),
    deviceDisplayName: z.string(),
    userAgent: z.string(),
    ipAddress: z.string(),
    createdDateTime: dateTime,
    lastUsedDateTime: dateTime.describe('Up to two minutes late.'),
    expirationDateTime: dateTime,
    applicationIds: z.array(z.string()),
  }),
);

const auditRecord = named(
  'AuditRecord',
  z.looseObject({
    id: z.string(),
    activityDateTime: dateTime,
    activityId: z.string(),
    activityDisplayName: z.string().describe('What was done, e.g. application.update.'),
    initiatedBy: z.looseObject({
      id: z.string(),
      displayName: z.string(),
      kind: z.string(),
      ipAddress: z.string().nullable(),
    }),
    targetKind: z.string(),
    targetId: z.string(),
    before: z.unknown().describe('The resource before; null where it was made.'),
    after: z.unknown().describe('The resource after; null where it is gone.'),
    sequence: z.number().int(),
    previousHash: z.string().describe('That of the record before.'),
    hash: z.string().describe('SHA-256 over the record and the hash before.'),
  }),
);

const text = z.string().nullable();
const directoryAudit = named(
  'DirectoryAudit',
  z.strictObject({
    id: z.string(),
    sequence: z.number().int(),
    activityDateTime: dateTime,
    activityDisplayName: z.string(),
    operationType: z.string(),
    category: z.string(),
    correlationId: z.string().describe('The activity id.'),
    loggedByService: z.string(),
    result: z.literal('success'),
    resultReason: z.string(),
    initiatedBy: z.strictObject({
      user: z
        .strictObject({ id: z.string(), displayName: z.string(), userPrincipalName: z.null(), ipAddress: text })
        .nullable(),
      app: z
        .strictObject({
          appId: z.null(),
          servicePrincipalId: z.string(),
          displayName: z.string(),
          servicePrincipalName: z.null(),
        })
        .nullable(),
    }),
    targetResources: z.array(
      z.strictObject({
        id: z.string(),
        displayName: text,
        type: z.string(),
        userPrincipalName: z.null(),
        groupType: z.null(),
        modifiedProperties: z.array(z.strictObject({ displayName: z.string(), oldValue: text, newValue: text })),
      }),
    ),
    additionalDetails: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  }),
);

const connectorHealth = named(
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

const connectorGroupHealth = named(
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

const applicationHealth = named(
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

const count = z.number().int();
const health = named(
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

const latency = z.number().nullable();
const figuresShape = {
  sinceDateTime: dateTime,
  requestsPerSecond: z.number(),
  requests: count,
  statuses: z.strictObject({
    informational: count,
    success: count,
    redirection: count,
    clientError: count,
    serverError: count,
    none: count.describe('No answer was begun.'),
  }),
  refused: count,
  failed: count,
  requestBytes: z.number(),
  responseBytes: z.number(),
  latencyMs: z
    .strictObject({ p50: latency, p90: latency, p95: latency, p99: latency })
    .describe('To the head of the answer.'),
};
const figures = named('TrafficFigures', z.strictObject(figuresShape));
const allPeriods = { minute: figures, hour: figures, day: figures };
const applicationNames = { applicationId: z.string(), applicationDisplayName: z.string().nullable() };

const requestFailure = named('RequestFailure', requestFailureSchema);

const traffic = named('Traffic', z.strictObject({ scope: nodeScope, ...allPeriods }));
const applicationTraffic = named(
  'ApplicationTraffic',
  z.strictObject({ scope: nodeScope, ...applicationNames, ...allPeriods }),
);
const busyApplications = named(
  'BusyApplications',
  z.strictObject({
    '@odata.count': count,
    scope: nodeScope,
    period: z.enum(['minute', 'hour', 'day']),
    value: z.array(z.strictObject({ ...applicationNames, ...figuresShape })),
  }),
);

const configurationStatus = named(
  'ConfigurationStatus',
  z.strictObject({
    applicationId: z.string(),
    isInForce: z.boolean(),
    connectors: z.array(
      z.strictObject({
        connectorId: z.string(),
        displayName: z.string(),
        state: z.enum(['inForce', 'rejected', 'pending']),
        configurationVersion: z.number().int().nullable(),
        reason: z.string().nullable(),
      }),
    ),
  }),
);

const accessEvaluation = named(
  'AccessEvaluation',
  z.looseObject({
    decision: z.enum([
      'granted',
      'signInRequired',
      'stepUpRequired',
      'blocked',
      'notAssigned',
      'maintenance',
      'notPublished',
    ]),
    reason: z.string().describe('What settles it, in words for the administrator.'),
    application: z.strictObject({ id: z.string(), displayName: z.string() }).nullable(),
    policy: z.string().nullable().describe('The policy that settles it.'),
    requirement: z
      .strictObject({
        acrValues: z.array(z.array(z.string())),
        amrValues: z.array(z.array(z.string())),
        maxAgeSeconds: z.number().nullable(),
      })
      .nullable(),
    policies: z.array(
      z.looseObject({ displayName: z.string(), state: z.string(), reason: z.string(), verdict: z.string() }),
    ),
    user: z
      .looseObject({
        id: z.string(),
        displayName: z.string(),
        userPrincipalName: z.string(),
        groups: z.array(z.string()),
        roles: z.array(z.string()),
      })
      .nullable(),
    userSource: z.enum(['latestSession', 'directory']).nullable(),
  }),
);

export const ANSWERS = {
  application,
  connector,
  connectorGroup: connectorGroupMembers,
  certificate,
  certificateHost: named('CertificateHost', certificateHostSchema),
  assignment,
  enrolmentToken,
  enrolmentTokenCreated: named('EnrolmentTokenCreated', enrolmentTokenCreatedSchema.extend(tagged)),
  user,
  servicePrincipal,
  session,
  auditRecord,
  bodyCapture: named('BodyCapture', bodyCaptureSchema),
  directoryAudit,
  caller: named('Caller', callerSchema),
  health,
  connectorHealth,
  connectorGroupHealth,
  applicationHealth,
  traffic,
  requestFailure,
  applicationTraffic,
  busyApplications,
  configurationStatus,
  accessEvaluation,
  enrolment: named('Enrolment', enrolmentResponseSchema),
  serviceDescription: named('ServiceDescription', serviceDescriptionSchema),
  batch: z.strictObject({
    responses: z.array(
      z.strictObject({
        id: z.string(),
        status: z.number().int(),
        headers: z.record(z.string(), z.string()),
        body: z.unknown().optional().describe('JSON or text; base64 where it is neither.'),
      }),
    ),
  }),
  revocation: z.strictObject({ '@odata.context': z.string(), value: z.literal(true) }),
} as const satisfies Record<string, z.ZodType>;

const errorReason = z
  .strictObject({
    key: z.string().describe('Of the sentence.'),
    parameters: z.record(z.string(), z.union([z.string(), z.number()])).describe('What the sentence names.'),
  })
  .describe('What the message says, for callers who say it in another language.');

/** How an error is told; the same everywhere. */
export const errorAnswer = named(
  'Error',
  z.strictObject({
    error: z.strictObject({
      code: z.string().describe('What callers branch on.'),
      message: z.string(),
      target: z.string().optional().describe('The field, option or header at fault.'),
      reason: errorReason.optional(),
      details: z
        .array(
          z.strictObject({
            code: z.string(),
            message: z.string(),
            target: z.string(),
            reason: errorReason.optional(),
          }),
        )
        .optional()
        .describe('Every field at fault, at once.'),
      innerError: z.strictObject({ activityId: z.string(), date: dateTime }),
    }),
  }),
);
