import { z } from 'zod';
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
import { identityProviderSchema } from '../../../src-shared/publishing/identity-provider.ts';
import { serviceDescriptionSchema } from '../../../src-shared/connector/service-description.ts';
import { tag, tagged, dateTime, named } from './answer-parts.ts';
import { connectorHealth, connectorGroupHealth, applicationHealth, health } from './health-schemas.ts';
import { requestFailure, traffic, applicationTraffic, busyApplications } from './traffic-schemas.ts';

/**
 * What the routes answer with, for the OpenAPI document alone: no answer passes through these. That they are what is sent is
 * shown by `test/integration/openapi.test.ts`, which reads every route and checks each answer against the document.
 */

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
  identityProvider: named('IdentityProvider', identityProviderSchema),
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
