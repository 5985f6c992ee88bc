import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { describeServiceFailure } from '../net-errors.ts';

/** An answer of the feed that is none, told by its cause. */
export function describeFeedFailure(error: unknown, url: string): PosternError {
  if (error instanceof PosternError) return error;
  const { host } = new URL(url);
  // Chromium's and the dialer's names are known there; whose address it was is said here.
  const told = describeServiceFailure(error, url);
  return new PosternError('UPDATE_FEED_UNREACHABLE', {
    message: `The feed of updates at ${host} can’t be reached: ${told.message}`,
    cause: error,
  });
}

/** A trouble with a file of this machine, by the operating system's name for it. */
export function describeFileFailure(error: unknown): PosternError | null {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new PosternError('UPDATE_DISK_FULL', { message, cause: error });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new PosternError('UPDATE_NOT_PERMITTED', { message, cause: error });
  return null;
}
