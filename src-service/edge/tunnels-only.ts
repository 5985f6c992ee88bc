import type { Logger } from 'pino';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { TUNNEL_PATH } from '../../src-shared/wire/frame.ts';
import type { Relay } from '../relay/relay.ts';
import { ACTIVITY_ID_HEADER, makeActivityId } from './activity.ts';
import { type Answer, sendAnswer, sendAnswerOnSocket } from './answer.ts';
import type { EdgeHandler } from './edge-listener.ts';

/** Makes the handler of a listener for tunnels alone (`tunnelListen`): any other request gets 404 and is not read. */
export function makeTunnelsOnly(relay: Pick<Relay, 'acceptTunnel'>, log: Logger): EdgeHandler {
  return {
    isLeftToNode: () => true,
    handleRequest: (_request, response) => {
      sendAnswer(response, answerError(new PosternError('EDGE_NOT_FOUND')), true);
    },
    handleUpgrade: (request, socket, bufferedBytes) => {
      if (request.url === TUNNEL_PATH) relay.acceptTunnel(request, socket, bufferedBytes);
      else sendAnswerOnSocket(socket, answerError(new PosternError('EDGE_NOT_FOUND')));
    },
    handleMalformed: (socket, error) => {
      log.info({ code: error.code }, 'edge.malformed');
      sendAnswerOnSocket(socket, answerError(error));
    },
  };
}

function answerError({ definition }: PosternError): Answer {
  const activityId = makeActivityId();
  const headers = ['Content-Type', 'text/plain; charset=utf-8', ACTIVITY_ID_HEADER, activityId];
  const { status, summary } = definition;
  return { status, headers, body: `${status} ${summary}\n${ACTIVITY_ID_HEADER}: ${activityId}\n` };
}
