import type { Socket } from 'node:net';

/** Waits until `socket` emits `event`; destroys it on an error, after the deadline with what `late` makes, or by the signal. */
export async function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  deadlineMs: number,
  signal: AbortSignal,
  late: () => Error,
): Promise<void> {
  const { promise, resolve: succeed, reject } = Promise.withResolvers<void>();
  socket.once(event, succeed);
  socket.once('error', reject);
  try {
    await within(promise, deadlineMs, signal, late);
  } catch (error) {
    // The socket may fail again while it is torn down; nobody waits for that.
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  } finally {
    socket.off(event, succeed);
    socket.off('error', reject);
  }
}

/** The promise, or the error that `late` makes after `deadlineMs`, or the signal's reason. */
export async function within<Value>(
  promise: Promise<Value>,
  deadlineMs: number,
  signal: AbortSignal,
  late: () => Error,
): Promise<Value> {
  signal.throwIfAborted();
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), deadlineMs);
  const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, interrupted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
