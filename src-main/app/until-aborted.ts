import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** @throws PosternError `ACTION_CANCELLED` where `signal` aborts before `work` is done; `work` goes on */
export async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new PosternError('ACTION_CANCELLED'));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  // Its failure is nobody's any more once this has ended.
  work.catch(() => undefined);
  aborted.catch(() => undefined);
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
