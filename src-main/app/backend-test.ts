import { request } from 'undici';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import type { BackendTest } from '../../src-shared/ipc/window-models.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { findUrlProblem } from '../../src-shared/publishing/urls.ts';
import { SpokenError } from './spoken-error.ts';
import { describeBackendError } from '../connector/backend-errors.ts';
import { guardedAgent } from '../connector/policy/guarded-agent.ts';
import type { BackendGuard } from '../connector/policy/backend-guard.ts';
import { findPageTitle } from './page-title.ts';
import { remedyFor, summaryOf } from '../../src-shared/text/say-error.ts';

const TIMEOUT_MS = 10_000;
const MAX_TITLE_SEARCH_BYTES = 64 * 1024;

/**
 * Asks a backend for its front page once, from this machine, as the engine would, and says what came. Never rejects for
 * what the backend does; redirects are shown and not followed.
 * @throws PosternError `API_INVALID` when the URL itself can't be one.
 */
export async function testBackend(
  internalUrl: string,
  isCertificateValidated: boolean,
  guard: BackendGuard,
  language: Language,
): Promise<BackendTest> {
  const trouble = findUrlProblem(internalUrl, 'internal', true);
  if (trouble !== null) {
    throw new SpokenError('API_INVALID', (_text, language) => CATALOGUES[language].urlProblems[trouble.key], {
      target: 'internalUrl',
    });
  }
  const agent = guardedAgent(guard, { timeout: TIMEOUT_MS, rejectUnauthorized: isCertificateValidated });
  const beganAtMs = performance.now();
  try {
    const response = await request(internalUrl, {
      dispatcher: agent,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      headers: { accept: 'text/html,*/*;q=0.8', 'user-agent': 'Postern-Connector' },
    });
    const durationMs = performance.now() - beganAtMs;
    const isHtml = /^text\/html\b/i.test(single(response.headers['content-type']) ?? '');
    const title = isHtml ? findPageTitle(await readStart(response.body)) : null;
    return {
      isReachable: true,
      url: internalUrl,
      status: response.statusCode,
      statusText: response.statusText,
      title,
      server: single(response.headers['server']),
      location: single(response.headers['location']),
      durationMs,
      problem: null,
    };
  } catch (error) {
    const { code, cause } = describeBackendError(error);
    const message = code === 'BACKEND_FORBIDDEN' ? cause : `${summaryOf(code, language)} (${cause})`;
    return {
      isReachable: false,
      url: internalUrl,
      status: null,
      statusText: '',
      title: null,
      server: null,
      location: null,
      durationMs: performance.now() - beganAtMs,
      problem: { code, message, remedy: remedyFor(code, language) },
    };
  } finally {
    void agent.destroy();
  }
}

function single(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

async function readStart(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_TITLE_SEARCH_BYTES) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MAX_TITLE_SEARCH_BYTES));
}
