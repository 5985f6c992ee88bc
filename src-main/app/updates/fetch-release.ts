import type { KeyObject } from 'node:crypto';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { Fetch } from '../net-errors.ts';
import { checkFeedAnswer } from './check-feed-answer.ts';
import { parseRelease, type Release } from './release.ts';
import { readSignedRelease } from './release-signature.ts';
import { describeFeedFailure } from './update-troubles.ts';

/**
 * A description is a few hundred bytes; what a feed sends beyond this is not read (docs/limits.md).
 * @internal
 */
export const MAX_RELEASE_BYTES = 262_144;
const FEED_TIMEOUT_MS = 30_000;

export interface SignedRelease {
  readonly release: Release;
  /** As it came, signature and all: what is kept is checked anew each time it is read. */
  readonly text: string;
}

/**
 * Asks a feed for the newest version, and believes it only where the publisher has signed it.
 * @param feedUrl folder of the feed
 * @throws PosternError `UPDATE_FEED_UNREACHABLE`, `UPDATE_FEED_INVALID`, `UPDATE_SIGNATURE_WRONG`
 */
export async function fetchRelease(
  fetch: Fetch,
  feedUrl: string,
  fileName: string,
  publicKeys: readonly KeyObject[],
): Promise<SignedRelease> {
  const url = fileUrl(feedUrl, fileName);
  let text: string;
  try {
    const signal = AbortSignal.timeout(FEED_TIMEOUT_MS);
    const response = await fetch(url, { cache: 'no-store', credentials: 'omit', signal });
    checkFeedAnswer(response, url);
    text = await readCapped(response, url);
  } catch (error) {
    throw describeFeedFailure(error, url);
  }
  return { release: parseRelease(readSignedRelease(text, fileName, publicKeys)), text };
}

/** The address of a file that lies in the folder of the feed. */
export function fileUrl(feedUrl: string, fileName: string): string {
  return new URL(fileName, feedUrl.endsWith('/') ? feedUrl : `${feedUrl}/`).href;
}

async function readCapped(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.byteLength;
    if (bytes > MAX_RELEASE_BYTES) {
      await reader.cancel().catch(() => undefined);
      const kibibytes = MAX_RELEASE_BYTES / 1024;
      throw new PosternError('UPDATE_FEED_INVALID', { message: `${url} is larger than ${kibibytes} KiB.` });
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString('utf8');
}
