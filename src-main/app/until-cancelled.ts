import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { untilAborted } from '../connector/until-aborted.ts';

/** @throws PosternError `ACTION_CANCELLED` where a person cancels before `work` is done; `work` goes on */
export async function untilCancelled<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return untilAborted(work, signal, () => new PosternError('ACTION_CANCELLED'));
}
