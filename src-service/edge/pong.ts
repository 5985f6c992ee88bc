/** FIN and the opcode of a pong. */
const PONG = 0x8a;
const LENGTH_BITS = 0x7f;
/** Two octets and the mask, which a client always has. */
const HEADER_BYTES = 6;

/**
 * Whether a piece of a client's WebSocket is one pong and nothing else (RFC 6455 section 5.5.3). The service does not follow the
 * frames: a pong that comes with something else, or in parts, is taken for more than it is, and counts.
 */
export function isPongAlone(piece: Uint8Array): boolean {
  return piece[0] === PONG && piece.length === HEADER_BYTES + ((piece[1] ?? 0) & LENGTH_BITS);
}
