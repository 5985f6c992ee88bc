import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { FeedFetch } from './update-fetch.ts';

/**
 * Asks a feed, and hands on what it has at an address. The request ends with that: what is left of an answer that was refused or not
 * read to its end does not keep the connection.
 * @throws PosternError `UPDATE_FEED_UNREACHABLE`, `UPDATE_FEED_INVALID`, `PROXY_AUTHENTICATION`; what `fetch` and `read` throw
 */
export async function readFeed<Read>(
  fetch: FeedFetch,
  url: string,
  signal: AbortSignal,
  read: (body: ReadableStream<Uint8Array>) => Promise<Read>,
): Promise<Read> {
  const end = new AbortController();
  try {
    const response = await fetch(url, AbortSignal.any([signal, end.signal]));
    checkAnswer(response, url);
    return await read(response.body ?? new Blob([]).stream());
  } finally {
    end.abort();
  }
}

function checkAnswer({ status, ok }: Response, url: string): void {
  if (ok) return;
  // The proxy's answer, which Chromium hands on.
  if (status === 407) throw new PosternError('PROXY_AUTHENTICATION');
  const code = status >= 500 ? 'UPDATE_FEED_UNREACHABLE' : 'UPDATE_FEED_INVALID';
  throw new PosternError(code, { message: `${url} is answered with status ${status}.` });
}
