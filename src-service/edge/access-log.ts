import type { Logger } from 'pino';
import { failingHop } from '../../src-shared/errors/failing-hop.ts';
import { errorDefinition } from '../../src-shared/errors/registry.ts';
import { isResponseComplete } from '../relay/user-http.ts';
import type { EdgeExchange } from './edge-exchange.ts';

const MAX_TEXT_LENGTH = 512;

/**
 * Writes the one line of a request when it is over. Holds no query, no cookie and no header (B72). Of a request that failed
 * it names code, hop and cause (B45); where an operator should look, it is a warning.
 */
export function writeAccessLog(log: Logger, exchange: EdgeExchange, nowMs: number): void {
  const { request, record, activityId, startedAtMs, output } = exchange;
  const { applicationId, userId, errorCode, errorCause, policy, reportedPolicies } = record;
  const line = {
    activityId,
    method: request.method,
    host: request.headers.host,
    path: shortened(request.url?.split('?', 1)[0] ?? ''),
    status: exchange.status,
    durationMs: nowMs - startedAtMs,
    isUpgrade: 'socket' in output,
    isComplete: 'response' in output ? isResponseComplete(output.response) : true,
    applicationId,
    userId,
    errorCode,
    hop: errorCode === null ? null : failingHop(errorCode),
    errorCause: errorCause === null ? null : shortened(errorCause),
    ...(policy !== null && { policy }),
    ...(reportedPolicies.length > 0 && { reportedPolicies }),
  };
  if (errorCode === null || errorDefinition(errorCode).audience === 'user') log.info(line, 'edge.request');
  else log.warn(line, 'edge.request');
}

function shortened(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}
