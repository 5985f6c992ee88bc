import { z } from 'zod';
import { ENROLMENT_PATH } from '../../../src-shared/connector/enrolment.ts';
import { SERVICE_DESCRIPTION_PATH } from '../../../src-shared/connector/service-description.ts';
import { LOGO_MEDIA_TYPES } from '../../../src-shared/publishing/application-presentation.ts';
import { ADMIN_API_PATH } from '../../config/service-addresses.ts';
import { ANSWERS } from './answer-schemas.ts';

/** The parts of the document, in its order. */
export const TAGS = {
  Applications: 'What is published: Graph `application` with `onPremisesPublishing`.',
  'Service principals': 'Who may enter an application, and with which role. Ids are those of the applications.',
  Connectors: 'The connectors that have enrolled.',
  'Connector groups': 'Connectors that stand in for each other.',
  Users: 'People whom the service knows.',
  Sessions: 'Who is signed in.',
  Certificates: 'Certificates of external hosts. Private keys go in and never come out.',
  Enrolment: 'Rights to enrol connectors unattended, and enrolment itself.',
  Health: 'How the node, its connectors, groups and applications do.',
  Traffic: 'What goes through this node.',
  Access: 'Why somebody gets in, or does not.',
  Audit: 'Who changed what.',
  Service: 'The service itself, and this document.',
} as const;

/** What the document says of a route beside what its own schema says. */
export interface Operation {
  readonly operationId: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  /** The body of the answer; null for 204. */
  readonly answer: z.ZodType | null;
  /** 200, or 204 without a body, where absent. */
  readonly status?: 201;
  /** Of the answer; JSON where absent. */
  readonly mediaTypes?: readonly string[];
  /** Whether the answer carries an entity tag: reads take `If-None-Match`, changes `If-Match`. */
  readonly isTagged?: boolean;
  /** A body that has no schema of its own. */
  readonly requestMediaTypes?: readonly string[];
  /** Whether nobody is asked for a token. */
  readonly isPublic?: boolean;
}

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';
const octets = z.string().meta({ format: 'binary' });
const change = { answer: null, isTagged: true } as const;

/** A list, and the number of what is in it. */
function list(
  path: string,
  name: string,
  tag: Operation['tag'],
  what: string,
  item: z.ZodType,
): Record<string, Operation> {
  const page = z.strictObject({
    '@odata.count': z.number().int().optional().describe('The items of all pages, with $count=true.'),
    '@odata.nextLink': z.url().optional().describe('The next page; absent on the last.'),
    value: z.array(item),
  });
  return {
    [`GET ${path}`]: { operationId: `list${name}`, tag, summary: `List ${what}`, answer: page },
    [`GET ${path}/$count`]: {
      operationId: `count${name}`,
      tag,
      summary: `Count ${what}`,
      answer: z.string().regex(/^\d+$/),
      mediaTypes: ['text/plain'],
    },
  };
}

function values(item: z.ZodType): z.ZodType {
  return z.strictObject({ value: z.array(item) });
}

/** By method and path below the API's base. */
const GATED: Readonly<Record<string, Operation>> = {
  ...list('/applications', 'Applications', 'Applications', 'applications', ANSWERS.application),
  'POST /applications': {
    operationId: 'createApplication',
    tag: 'Applications',
    summary: 'Publish an application',
    answer: ANSWERS.application,
    status: 201,
  },
  'GET /applications/:id': {
    operationId: 'getApplication',
    tag: 'Applications',
    summary: 'Read an application',
    answer: ANSWERS.application,
    isTagged: true,
  },
  'PATCH /applications/:id': {
    operationId: 'updateApplication',
    tag: 'Applications',
    summary: 'Change an application: the fields that are given',
    ...change,
  },
  'DELETE /applications/:id': {
    operationId: 'deleteApplication',
    tag: 'Applications',
    summary: 'Withdraw an application',
    ...change,
  },
  'GET /applications/:id/connectorGroup': {
    operationId: 'getApplicationConnectorGroup',
    tag: 'Applications',
    summary: 'Read the connector group that serves an application',
    answer: ANSWERS.connectorGroup,
  },
  'PUT /applications/:id/connectorGroup/$ref': {
    operationId: 'setApplicationConnectorGroup',
    tag: 'Applications',
    summary: 'Have another connector group serve an application',
    ...change,
  },
  'GET /applications/:id/logo': {
    operationId: 'getApplicationLogo',
    tag: 'Applications',
    summary: "Read an application's logo",
    answer: octets,
    mediaTypes: LOGO_MEDIA_TYPES,
  },
  'PUT /applications/:id/logo': {
    operationId: 'setApplicationLogo',
    tag: 'Applications',
    summary: 'Give an application a logo',
    requestMediaTypes: [...LOGO_MEDIA_TYPES, 'application/octet-stream'],
    ...change,
  },
  'DELETE /applications/:id/logo': {
    operationId: 'deleteApplicationLogo',
    tag: 'Applications',
    summary: "Remove an application's logo",
    ...change,
  },
  'GET /postern/applications/:id/configurationStatus': {
    operationId: 'getConfigurationStatus',
    tag: 'Applications',
    summary: 'Whether the connectors serve an application as it is configured',
    answer: ANSWERS.configurationStatus,
  },

  'GET /servicePrincipals/:id': {
    operationId: 'getServicePrincipal',
    tag: 'Service principals',
    summary: 'Read a service principal',
    answer: ANSWERS.servicePrincipal,
    isTagged: true,
  },
  'PATCH /servicePrincipals/:id': {
    operationId: 'updateServicePrincipal',
    tag: 'Service principals',
    summary: 'Change whether an assignment is asked for, the roles, the tags',
    ...change,
  },
  ...list(
    '/servicePrincipals/:id/appRoleAssignedTo',
    'AppRoleAssignments',
    'Service principals',
    'who is assigned',
    ANSWERS.assignment,
  ),
  'POST /servicePrincipals/:id/appRoleAssignedTo': {
    operationId: 'createAppRoleAssignment',
    tag: 'Service principals',
    summary: 'Assign a user, a group or a service principal',
    answer: ANSWERS.assignment,
    status: 201,
  },
  'DELETE /servicePrincipals/:id/appRoleAssignedTo/:assignmentId': {
    operationId: 'deleteAppRoleAssignment',
    tag: 'Service principals',
    summary: 'Take an assignment back',
    ...change,
  },

  ...list(`${PROFILE}/connectors`, 'Connectors', 'Connectors', 'connectors', ANSWERS.connector),
  [`GET ${PROFILE}/connectors/:id`]: {
    operationId: 'getConnector',
    tag: 'Connectors',
    summary: 'Read a connector',
    answer: ANSWERS.connector,
    isTagged: true,
  },
  [`PATCH ${PROFILE}/connectors/:id`]: {
    operationId: 'updateConnector',
    tag: 'Connectors',
    summary: 'Rename a connector, or let it run empty',
    ...change,
  },
  'POST /postern/connectors/:id/revoke': {
    operationId: 'revokeConnector',
    tag: 'Connectors',
    summary: 'Refuse a connector from now on; it stays in the list',
    answer: null,
  },
  [`DELETE ${PROFILE}/connectors/:id`]: {
    operationId: 'deleteConnector',
    tag: 'Connectors',
    summary: 'Remove a connector, which can dial no more',
    ...change,
  },
  [`GET ${PROFILE}/connectors/:id/memberOf`]: {
    operationId: 'listConnectorMemberOf',
    tag: 'Connectors',
    summary: 'Read the group of a connector',
    answer: values(ANSWERS.connectorGroup),
  },
  [`POST ${PROFILE}/connectors/:id/memberOf/$ref`]: {
    operationId: 'moveConnector',
    tag: 'Connectors',
    summary: 'Move a connector to another group',
    answer: null,
  },

  ...list(
    `${PROFILE}/connectorGroups`,
    'ConnectorGroups',
    'Connector groups',
    'connector groups',
    ANSWERS.connectorGroup,
  ),
  [`POST ${PROFILE}/connectorGroups`]: {
    operationId: 'createConnectorGroup',
    tag: 'Connector groups',
    summary: 'Make a connector group',
    answer: ANSWERS.connectorGroup,
    status: 201,
  },
  [`GET ${PROFILE}/connectorGroups/:id`]: {
    operationId: 'getConnectorGroup',
    tag: 'Connector groups',
    summary: 'Read a connector group',
    answer: ANSWERS.connectorGroup,
    isTagged: true,
  },
  [`PATCH ${PROFILE}/connectorGroups/:id`]: {
    operationId: 'renameConnectorGroup',
    tag: 'Connector groups',
    summary: 'Rename a connector group',
    ...change,
  },
  [`DELETE ${PROFILE}/connectorGroups/:id`]: {
    operationId: 'deleteConnectorGroup',
    tag: 'Connector groups',
    summary: 'Remove a connector group that nothing is in',
    ...change,
  },
  ...list(
    `${PROFILE}/connectorGroups/:id/members`,
    'ConnectorGroupMembers',
    'Connector groups',
    'the connectors of a group',
    ANSWERS.connector,
  ),
  ...list(
    `${PROFILE}/connectorGroups/:id/applications`,
    'ConnectorGroupApplications',
    'Connector groups',
    'the applications that a group serves',
    ANSWERS.application,
  ),

  ...list('/users', 'Users', 'Users', 'users', ANSWERS.user),
  'POST /users/:id/revokeSignInSessions': {
    operationId: 'revokeSignInSessions',
    tag: 'Users',
    summary: 'Sign a user out everywhere',
    answer: ANSWERS.revocation,
  },
  ...list('/postern/sessions', 'Sessions', 'Sessions', 'sessions', ANSWERS.session),
  'GET /postern/sessions/:id': {
    operationId: 'getSession',
    tag: 'Sessions',
    summary: 'Read a session',
    answer: ANSWERS.session,
  },
  'DELETE /postern/sessions/:id': {
    operationId: 'deleteSession',
    tag: 'Sessions',
    summary: 'End a session',
    answer: null,
  },

  ...list('/postern/certificates', 'Certificates', 'Certificates', 'certificates', ANSWERS.certificate),
  'POST /postern/certificates': {
    operationId: 'uploadCertificate',
    tag: 'Certificates',
    summary: 'Upload a certificate; 200 where it was there already',
    answer: ANSWERS.certificate,
    status: 201,
  },
  'GET /postern/certificates/:id': {
    operationId: 'getCertificate',
    tag: 'Certificates',
    summary: 'Read a certificate',
    answer: ANSWERS.certificate,
    isTagged: true,
  },
  'PUT /postern/certificates/:id': {
    operationId: 'replaceCertificate',
    tag: 'Certificates',
    summary: 'Put another certificate in the place of one',
    answer: ANSWERS.certificate,
    isTagged: true,
  },
  'DELETE /postern/certificates/:id': {
    operationId: 'deleteCertificate',
    tag: 'Certificates',
    summary: 'Remove a certificate',
    ...change,
  },
  ...list(
    '/postern/certificateHosts',
    'CertificateHosts',
    'Certificates',
    'the hosts that users come to, with their certificates',
    ANSWERS.certificateHost,
  ),
  'POST /postern/certificateHosts/:hostname/retry': {
    operationId: 'retryCertificateHost',
    tag: 'Certificates',
    summary: 'Ask the ACME authority again now',
    answer: null,
  },

  ...list('/postern/enrolmentTokens', 'EnrolmentTokens', 'Enrolment', 'enrolment tokens', ANSWERS.enrolmentToken),
  'POST /postern/enrolmentTokens': {
    operationId: 'createEnrolmentToken',
    tag: 'Enrolment',
    summary: 'Make an enrolment token, which this answer alone tells',
    answer: ANSWERS.enrolmentTokenCreated,
    status: 201,
  },
  'GET /postern/enrolmentTokens/:id': {
    operationId: 'getEnrolmentToken',
    tag: 'Enrolment',
    summary: 'Read an enrolment token, without the token itself',
    answer: ANSWERS.enrolmentToken,
    isTagged: true,
  },
  'DELETE /postern/enrolmentTokens/:id': {
    operationId: 'deleteEnrolmentToken',
    tag: 'Enrolment',
    summary: 'Take an enrolment token back',
    ...change,
  },

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

  'POST /$batch': {
    operationId: 'batch',
    tag: 'Service',
    summary: 'Up to 20 requests in one',
    answer: ANSWERS.batch,
  },

  'GET /postern/accessEvaluation': {
    operationId: 'evaluateAccess',
    tag: 'Access',
    summary: 'What would become of a request, and why',
    answer: ANSWERS.accessEvaluation,
  },
  'GET /postern/me': {
    operationId: 'getCaller',
    tag: 'Access',
    summary: 'Whom the service takes the caller for',
    answer: ANSWERS.caller,
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

const PUBLIC: Readonly<Record<string, Operation>> = {
  [`POST ${ENROLMENT_PATH}`]: {
    operationId: 'enrolConnector',
    tag: 'Enrolment',
    summary: "Enrol a connector, by an enrolment token or an administrator's",
    answer: ANSWERS.enrolment,
    status: 201,
  },
  [`GET ${SERVICE_DESCRIPTION_PATH}`]: {
    operationId: 'getServiceDescription',
    tag: 'Service',
    summary: 'What the service is, and how its administrators sign in',
    answer: ANSWERS.serviceDescription,
    isPublic: true,
  },
  [`GET ${ADMIN_API_PATH}/openapi.json`]: {
    operationId: 'getOpenApiDocument',
    tag: 'Service',
    summary: 'This document',
    answer: z.looseObject({ openapi: z.string() }),
    isPublic: true,
  },
  [`GET ${ADMIN_API_PATH}/docs`]: {
    operationId: 'getDocumentation',
    tag: 'Service',
    summary: 'This document as a page',
    answer: z.string(),
    mediaTypes: ['text/html'],
    isPublic: true,
  },
};

/** What the document says of each route, by `METHOD path`. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ...Object.entries(GATED).map(([key, operation]) => [key.replace(' ', ` ${ADMIN_API_PATH}`), operation] as const),
  ...Object.entries(PUBLIC),
]);
