import { request } from 'undici';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import type { Replay } from '../../src-shared/ipc/window-models.ts';
import { describeBackendError } from '../connector/backend-errors.ts';
import { guardedAgent } from '../connector/policy/guarded-agent.ts';
import type { BackendGuard } from '../connector/policy/backend-guard.ts';

const TIMEOUT_MS = 15_000;
/** Of the answer, read to be counted and dropped. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Why a request can't be sent again; null where it can. Only what changes nothing (RFC 9110, 9.2.1) and is whole can. @internal */
export function findReplayProblem({ method, url, isUpgrade }: TrafficRecord): string | null {
  if (isUpgrade || (method !== 'GET' && method !== 'HEAD')) return 'Only GET and HEAD are sent again.';
  if (url.includes('[secret]') || url.endsWith('…')) return 'Part of its URL was secret or too long and is not kept.';
  return null;
}

/**
 * Sends a request to its backend once more, from this machine and without anybody's sign-in, marked by the header
 * `Postern-Replay`. Redirects are shown and not followed. Never rejects for what the backend does.
 * @throws PosternError `API_INVALID` for a request that can't be sent again.
 */
export async function replayRequest(
  record: TrafficRecord,
  isCertificateValidated: boolean,
  guard: BackendGuard,
): Promise<Replay> {
  const trouble = findReplayProblem(record);
  if (trouble !== null) throw new PosternError('API_INVALID', { message: trouble });
  const agent = guardedAgent(guard, { timeout: TIMEOUT_MS, rejectUnauthorized: isCertificateValidated });
  const beganAtMs = performance.now();
  try {
    const response = await request(record.url, {
      method: record.method === 'HEAD' ? 'HEAD' : 'GET',
      dispatcher: agent,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      headers: { accept: '*/*', 'user-agent': 'Postern-Connector', 'postern-replay': record.activityId },
    });
    const firstByteMs = performance.now() - beganAtMs;
    let bytes = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes >= MAX_BODY_BYTES) break;
    }
    const contentType = response.headers['content-type'];
    return {
      status: response.statusCode,
      contentType: (Array.isArray(contentType) ? contentType[0] : contentType) ?? null,
      bytes,
      firstByteMs,
      totalMs: performance.now() - beganAtMs,
      errorCode: null,
      errorCause: null,
    };
  } catch (error) {
    const { code, cause } = describeBackendError(error);
    const totalMs = performance.now() - beganAtMs;
    return {
      status: null,
      contentType: null,
      bytes: 0,
      firstByteMs: null,
      totalMs,
      errorCode: code,
      errorCause: cause,
    };
  } finally {
    void agent.destroy();
  }
}
