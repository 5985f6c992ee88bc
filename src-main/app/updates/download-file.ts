import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { UpdateProgress } from '../../../src-shared/updates/update-state.ts';
import { readFeed } from './read-feed.ts';
import type { FeedFetch } from './update-fetch.ts';
import { describeFeedFailure, describeFileFailure } from './update-troubles.ts';

/** A feed that sends nothing for so long has gone. */
const STALL_MS = 60_000;
/** Left free beside the file. */
const SPARE_BYTES = 67_108_864;

export interface WantedFile {
  readonly url: string;
  /** Base64. */
  readonly sha512: string;
  readonly size: number;
}

export interface DownloadFileOptions {
  readonly fetch: FeedFetch;
  readonly file: WantedFile;
  /** Where it is written; what is there is replaced. */
  readonly destination: string;
  /** Ends the download with its reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UpdateProgress) => void;
}

/**
 * Downloads a file of the feed: never more of it than was signed for, and whole and right, or not at all. What a failed download
 * leaves at `destination` is the caller's to remove.
 * @throws PosternError `UPDATE_FEED_UNREACHABLE`, `UPDATE_FEED_INVALID`, `UPDATE_FILE_DAMAGED`, `UPDATE_DISK_FULL`,
 *   `UPDATE_NOT_PERMITTED`; the signal's reason where it was ended
 */
export async function downloadFile({
  fetch,
  file,
  destination,
  signal,
  onProgress,
}: DownloadFileOptions): Promise<void> {
  await checkRoom(destination, file.size);
  const stall = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const live = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(new DOMException('It stalled.', 'TimeoutError')), STALL_MS);
  };
  live();
  const both = AbortSignal.any([signal, stall.signal]);
  try {
    const told = (progress: UpdateProgress): void => {
      live();
      onProgress(progress);
    };
    await readFeed(fetch, file.url, both, async (body) => {
      const source = Readable.fromWeb(body);
      await pipeline(source, checking(file, told), createWriteStream(destination, { mode: 0o600 }), { signal: both });
    });
  } catch (error) {
    signal.throwIfAborted();
    throw (
      describeFileFailure(error) ?? describeFeedFailure(stall.signal.aborted ? stall.signal.reason : error, file.url)
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Passes on what is within the size, and at the end nothing unless the hash is right. */
function checking({ sha512, size }: WantedFile, onProgress: (progress: UpdateProgress) => void): Transform {
  const digest = createHash('sha512');
  const beganAtMs = performance.now();
  let receivedBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      receivedBytes += chunk.byteLength;
      if (receivedBytes > size) {
        callback(damaged(`It is longer than the ${size} bytes that were signed for.`));
        return;
      }
      digest.update(chunk);
      const seconds = Math.max(0.001, (performance.now() - beganAtMs) / 1000);
      onProgress({ receivedBytes, totalBytes: size, bytesPerSecond: Math.round(receivedBytes / seconds) });
      callback(null, chunk);
    },
    flush(callback) {
      if (receivedBytes < size) callback(damaged(`It ends after ${receivedBytes} of ${size} bytes.`));
      else if (digest.digest('base64') !== sha512) callback(damaged('Its hash is another than the one signed for.'));
      else callback();
    },
  });
}

function damaged(message: string): PosternError {
  return new PosternError('UPDATE_FILE_DAMAGED', { message });
}

async function checkRoom(destination: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(path.dirname(destination));
  const free = bavail * bsize;
  if (free >= bytes + SPARE_BYTES) return;
  const mebibytes = (count: number): string => `${Math.ceil(count / 1_048_576)} MiB`;
  throw new PosternError('UPDATE_DISK_FULL', {
    message: `The update needs ${mebibytes(bytes + SPARE_BYTES)}, and ${mebibytes(free)} are free at ${path.dirname(destination)}.`,
  });
}
