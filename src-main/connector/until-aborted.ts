/**
 * The outcome of some work, or the reason of the signal once it fires, whichever comes first. The work goes on, and how it ends is nobody's
 * any more then.
 * @param toError what is thrown for the signal's reason
 */
export async function untilAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
  toError: (reason: unknown) => Error = asError,
): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(toError(signal.reason));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The same with a deadline, after which the error that `late` makes is thrown. */
export async function within<Value>(
  work: Promise<Value>,
  deadlineMs: number,
  signal: AbortSignal,
  late: () => Error,
): Promise<Value> {
  const { promise: isLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), deadlineMs);
  try {
    return await untilAborted(Promise.race([work, isLate]), signal);
  } finally {
    clearTimeout(timer);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}
