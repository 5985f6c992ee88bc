import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** The error of a request that would be one too many of those that wait for a connection to its backend. */
export function backendBusyError(maxWaiting: number): PosternError {
  const message = `All connections that are allowed are in use, and ${maxWaiting} requests wait for one already.`;
  return new PosternError('BACKEND_BUSY', { message });
}
