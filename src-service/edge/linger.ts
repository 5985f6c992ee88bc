import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a client gets to notice an early answer while it still sends. */
const LINGER_MS = 5000;

/**
 * Ends a connection in a way that its client can read: our side is closed behind what was written, and what still comes is
 * read and dropped for a while. Closed at once, the kernel would answer the rest of a body with a reset, which takes the
 * answer out of the client's hands (RFC 9112 section 9.6). No further request is taken from the connection.
 */
export function endLingering(socket: Duplex): void {
  socket.removeAllListeners('data');
  socket.on('data', () => undefined);
  socket.resume();
  socket.end();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
}

/** The same as soon as the answer under way is out, which says `Connection: close`. */
export function lingerAfterAnswer(socket: Socket): void {
  // What node:http calls then.
  socket.destroySoon = () => endLingering(socket);
}
