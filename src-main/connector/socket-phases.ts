import type { Socket } from 'node:net';
import { within } from './until-aborted.ts';

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
