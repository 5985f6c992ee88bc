import {
  FRAME_FLAGS,
  FRAME_HEADER_BYTES,
  MAX_CONTROL_MESSAGE_BYTES,
  MAX_PAYLOAD_BYTES,
  writeFrameHeader,
} from '../../src-shared/wire/frame.ts';

/** A frame as octets, with a payload of zeros where only its size is given. */
export function makeFrame(
  type: number,
  streamId: number,
  payload: Uint8Array | number = 0,
  options: { readonly flags?: number; readonly announcedBytes?: number } = {},
): Uint8Array {
  const content = typeof payload === 'number' ? new Uint8Array(payload) : payload;
  const octets = new Uint8Array(FRAME_HEADER_BYTES + content.length);
  writeFrameHeader(octets, 0, type, options.flags ?? 0, streamId, options.announcedBytes ?? content.length);
  octets.set(content, FRAME_HEADER_BYTES);
  return octets;
}

/** Frames one after the other. */
export function joinFrames(...frames: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(frames));
}

/** The beginning of a control message, larger than a whole one may be. */
export function makeEndlessMessage(type: number): Uint8Array {
  const one = makeFrame(type, 0, MAX_PAYLOAD_BYTES, { flags: FRAME_FLAGS.MORE });
  return joinFrames(...Array.from({ length: MAX_CONTROL_MESSAGE_BYTES / MAX_PAYLOAD_BYTES + 2 }, () => one));
}
