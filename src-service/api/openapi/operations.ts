import { z } from 'zod';
import { ENROLMENT_PATH } from '../../../src-shared/connector/enrolment.ts';
import { SERVICE_DESCRIPTION_PATH } from '../../../src-shared/connector/service-description.ts';
import { ADMIN_API_PATH } from '../../config/service-addresses.ts';
import { ANSWERS } from './answer-schemas.ts';
import { APPLICATION_OPERATIONS } from './application-operations.ts';
import { CERTIFICATE_OPERATIONS } from './certificate-operations.ts';
import { CONNECTOR_OPERATIONS } from './connector-operations.ts';
import { OBSERVATION_OPERATIONS } from './observation-operations.ts';
import { PEOPLE_OPERATIONS } from './people-operations.ts';
import { SERVICE_OPERATIONS } from './service-operations.ts';
import type { Operation, Operations } from './operation.ts';

const GATED: Operations = {
  ...APPLICATION_OPERATIONS,
  ...CONNECTOR_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  ...CERTIFICATE_OPERATIONS,
  ...OBSERVATION_OPERATIONS,
  ...SERVICE_OPERATIONS,
};

/** By method and whole path. */
const PUBLIC: Operations = {
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
