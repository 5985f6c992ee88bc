import { FRAME_FLAGS, MAX_CONTROL_MESSAGE_BYTES, MAX_PAYLOAD_BYTES } from '../wire/frame.ts';
import { encodeUtf8, joinOctets } from '../wire/octets.ts';
import { violation } from './frame-payloads.ts';

/** Puts control messages together from their frames. */
export class ControlAssembler {
  #type = 0;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /** Whether a message has begun and not ended. */
  get isMidMessage(): boolean {
    return this.#parts.length > 0;
  }

  /**
   * Takes a frame; returns the whole message with its last one, else null.
   * @throws PosternError `TUNNEL_PROTOCOL` when messages mix or one is too large.
   */
  add(type: number, flags: number, payload: Uint8Array): Uint8Array | null {
    if (this.#parts.length > 0 && this.#type !== type) throw violation('a control message was cut short');
    this.#bytes += payload.length;
    if (this.#bytes > MAX_CONTROL_MESSAGE_BYTES) throw violation('a control message is too large');
    this.#type = type;
    this.#parts.push(payload);
    if ((flags & FRAME_FLAGS.MORE) !== 0) return null;
    const message = joinOctets(this.#parts, this.#bytes);
    this.#parts = [];
    this.#bytes = 0;
    return message;
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
