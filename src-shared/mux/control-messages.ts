import { FRAME_FLAGS, MAX_CONTROL_MESSAGE_BYTES, MAX_PAYLOAD_BYTES } from '../wire/frame.ts';
import { encodeUtf8 } from '../wire/octets.ts';
import { violation } from './frame-payloads.ts';

const EMPTY = new Uint8Array(0);

/**
 * Puts control messages together from their frames. What has come of one lies in a buffer of its own: a peer that cuts its message
 * into a million pieces, or sends pieces of nothing, is kept no object for each, and none of what it sent around them.
 */
export class ControlAssembler {
  #type = 0;
  /** What has come of the message; null between messages. */
  #gathered: Uint8Array | null = null;
  #bytes = 0;

  /** Whether a message has begun and not ended. */
  get isMidMessage(): boolean {
    return this.#gathered !== null;
  }

  /**
   * Takes a frame; returns the whole message with its last one, else null.
   * @throws PosternError `TUNNEL_PROTOCOL` when messages mix or one is too large.
   */
  add(type: number, flags: number, payload: Uint8Array): Uint8Array | null {
    if (this.#gathered !== null && this.#type !== type) throw violation('a control message was cut short');
    if (this.#bytes + payload.length > MAX_CONTROL_MESSAGE_BYTES) throw violation('a control message is too large');
    const hasMore = (flags & FRAME_FLAGS.MORE) !== 0;
    if (this.#gathered === null && !hasMore) return payload;
    this.#type = type;
    const gathered = this.#withRoomFor(payload.length);
    gathered.set(payload, this.#bytes);
    this.#bytes += payload.length;
    this.#gathered = hasMore ? gathered : null;
    if (hasMore) return null;
    const message = gathered.subarray(0, this.#bytes);
    this.#bytes = 0;
    return message;
  }

  /** The buffer, made at least twice as large where it has to grow: a message is copied about once more than it is long. */
  #withRoomFor(bytes: number): Uint8Array {
    const known = this.#gathered ?? EMPTY;
    const wantedBytes = this.#bytes + bytes;
    if (wantedBytes <= known.length) return known;
    const grown = new Uint8Array(Math.min(MAX_CONTROL_MESSAGE_BYTES, Math.max(wantedBytes, known.length * 2)));
    grown.set(known.subarray(0, this.#bytes));
    return grown;
  }
}

/** Writes a control message as JSON, cut into frames. */
export function writeControlMessage(
  type: number,
  message: unknown,
  write: (type: number, flags: number, streamId: number, payload: Uint8Array) => void,
): void {
  const payload = encodeUtf8(JSON.stringify(message));
  for (let offset = 0; ; offset += MAX_PAYLOAD_BYTES) {
    const end = offset + MAX_PAYLOAD_BYTES;
    const isLast = end >= payload.length;
    write(type, isLast ? 0 : FRAME_FLAGS.MORE, 0, payload.subarray(offset, end));
    if (isLast) return;
  }
}
