import { ANSWERS } from './answer-schemas.ts';
import type { Operations } from './operation.ts';

/** Of the service itself. By method and path below the API's base. */
export const SERVICE_OPERATIONS: Operations = {
  'POST /$batch': {
    operationId: 'batch',
    tag: 'Service',
    summary: 'Up to 20 requests in one',
    answer: ANSWERS.batch,
  },
};
