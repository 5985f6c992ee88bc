import type { KeyObject } from 'node:crypto';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { readFeed } from './read-feed.ts';
import { parseRelease, type Release } from './release.ts';
import { readSignedRelease } from './release-signature.ts';
import type { FeedFetch } from './update-fetch.ts';
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
 * @throws PosternError `UPDATE_FEED_UNREACHABLE`, `UPDATE_FEED_INVALID`, `UPDATE_SIGNATURE_WRONG`; the signal's reason where it was ended
 */
export async function fetchRelease(
  fetch: FeedFetch,
  feedUrl: string,
  fileName: string,
  publicKeys: readonly KeyObject[],
  signal: AbortSignal,
): Promise<SignedRelease> {
  const url = fileUrl(feedUrl, fileName);
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(FEED_TIMEOUT_MS)]);
  let text: string;
  try {
    text = await readFeed(fetch, url, inTime, async (body) => readCapped(body, url));
  } catch (error) {
    signal.throwIfAborted();
    throw describeFeedFailure(inTime.aborted ? inTime.reason : error, url);
  }
  return { release: parseRelease(readSignedRelease(text, fileName, publicKeys)), text };
}

/** The address of a file that lies in the folder of the feed. */
export function fileUrl(feedUrl: string, fileName: string): string {
  return new URL(fileName, feedUrl.endsWith('/') ? feedUrl : `${feedUrl}/`).href;
}

async function readCapped(body: ReadableStream<Uint8Array>, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_RELEASE_BYTES) {
      const kibibytes = MAX_RELEASE_BYTES / 1024;
      throw new PosternError('UPDATE_FEED_INVALID', { message: `${url} is larger than ${kibibytes} KiB.` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
