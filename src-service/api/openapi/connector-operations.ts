import { ANSWERS } from './answer-schemas.ts';
import { PROFILE, change, list, values } from './operation-parts.ts';
import type { Operations } from './operation.ts';

/** Of connectors, their groups and their enrolment. By method and path below the API's base. */
export const CONNECTOR_OPERATIONS: Operations = {
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
};
