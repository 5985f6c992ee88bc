import { makeReason } from '../../src-shared/errors/reasons.ts';
import { z } from 'zod';
import type { RequestFailure } from '../../src-shared/connector/request-failure.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { errorDefinition } from '../../src-shared/errors/registry.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';

const params = z.object({ activityId: z.string().max(64) });

/**
 * `GET /postern/traffic/failures/{activityId}`: why a request failed, for who has its id from an error page. The node keeps the last ones
 * alone. An id can't be guessed, so that nobody watches people by this.
 */
export function registerTrafficFailureRoute(server: ApiServer, { traffic }: ApiOptions): void {
  server.get(
    '/postern/traffic/failures/:activityId',
    { schema: { params } },
    async (request): Promise<RequestFailure> => {
      const { activityId } = request.params;
      const event = traffic.failures.find(activityId.toLowerCase());
      if (event === null || event.errorCode === null || event.hop === null) {
        throw new PosternError('API_NOT_FOUND', {
          reason: makeReason('failureUnknown', { id: activityId }),
        });
      }
      const { summary, retry, audience } = errorDefinition(event.errorCode);
      const { errorCode, hop } = event;
      return { ...event, errorCode, hop, summary, mayBeRepeated: retry, audience };
    },
  );
}
