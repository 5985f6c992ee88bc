import { LOGO_MEDIA_TYPES } from '../../../src-shared/publishing/application-presentation.ts';
import { ANSWERS } from './answer-schemas.ts';
import { change, list, octets } from './operation-parts.ts';
import type { Operations } from './operation.ts';

/** Of applications, and of who may enter them. By method and path below the API's base. */
export const APPLICATION_OPERATIONS: Operations = {
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
};
