import type { Logger } from 'pino';
import { isResponseComplete } from '../relay/user-http.ts';
import type { EdgeExchange } from './edge-exchange.ts';

/** Writes the one line of a request when it is over. Holds no query, no cookie and no header (B72). */
export function writeAccessLog(log: Logger, exchange: EdgeExchange, nowMs: number): void {
  const { request, record, activityId, startedAtMs, output } = exchange;
  const path = request.url?.split('?', 1)[0] ?? '';
  const line = {
    activityId,
    method: request.method,
    host: request.headers.host,
    path: path.length > 512 ? `${path.slice(0, 512)}…` : path,
    status: exchange.status,
    durationMs: nowMs - startedAtMs,
    isUpgrade: 'socket' in output,
    isComplete: 'response' in output ? isResponseComplete(output.response) : true,
    ...record,
  };
  log.info(line, 'edge.request');
}
