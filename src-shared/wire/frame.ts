/**
 * The frame of the tunnel (docs/tunnel-protocol.md, "Frames"): a fixed header and a payload, all integers big-endian.
 * Types below 16 belong to a stream; those from 16 on are control and travel on stream 0.
 */

export const FRAME_TYPES = {
  HEAD: 1,
  DATA: 2,
  END: 3,
  RESET: 4,
  WINDOW: 5,
  TAKEN: 6,
  CHALLENGE: 16,
  HELLO: 17,
  WELCOME: 18,
  CONFIG: 19,
  CONFIG_ACK: 20,
  PING: 21,
  PONG: 22,
  GOAWAY: 23,
  RELEASE: 24,
  CONFIG_CHANGE: 25,
  CONFIG_REPORT: 26,
  RENEW: 27,
  CERTIFICATE: 28,
  RENEWED: 29,
} as const;

/** The first type number that is control. */
export const FIRST_CONTROL_TYPE = 16;

export const FRAME_FLAGS = {
  /** HEAD, DATA: the sender's direction of the stream ends with this frame. */
  END: 0x01,
  /** HEAD: a 1xx head; the final one is still to come. */
  INFORMATIONAL: 0x02,
  /** Control: the message goes on in the next frame of this type. */
  MORE: 0x04,
} as const;

/** The fields of a frame header in order, with their sizes in octets; the protocol document's table is tested against it. @internal */
export const FRAME_HEADER_LAYOUT = [
  { field: 'type', bytes: 1 },
  { field: 'flags', bytes: 1 },
  { field: 'stream', bytes: 4 },
  { field: 'length', bytes: 4 },
] as const;

export const FRAME_HEADER_BYTES: number = FRAME_HEADER_LAYOUT.reduce((sum, { bytes }) => sum + bytes, 0);

/** The largest payload that any frame may have. */
export const MAX_PAYLOAD_BYTES = 131_072;
/** The largest payload that a sender puts into one DATA frame, so that streams alternate. */
export const MAX_DATA_BYTES = 65_536;
/** The largest control message, over all its frames. */
export const MAX_CONTROL_MESSAGE_BYTES = 8_388_608;
/** Informational heads that one response may have: each goes past all credit. */
export const MAX_INFORMATIONAL_HEADS = 16;
/** The largest stream id; a tunnel on which it was given out carries no further request. */
export const MAX_STREAM_ID = 0xffff_ffff;

/** The WebSocket subprotocol. */
export const TUNNEL_SUBPROTOCOL = 'postern.tunnel.v1';
/** Where the service takes tunnels, relative to its address. */
export const TUNNEL_PATH = '/.postern/tunnel';

/** Writes a frame header at `offset`; the caller has made sure that there is room. */
export function writeFrameHeader(
  into: Uint8Array,
  offset: number,
  type: number,
  flags: number,
  streamId: number,
  length: number,
): void {
  into[offset] = type;
  into[offset + 1] = flags;
  writeUint32(into, offset + 2, streamId);
  writeUint32(into, offset + 6, length);
}

export function writeUint32(into: Uint8Array, offset: number, value: number): void {
  into[offset] = value >>> 24;
  into[offset + 1] = value >>> 16;
  into[offset + 2] = value >>> 8;
  into[offset + 3] = value;
}

/** Reads an unsigned 32-bit integer; octets past the end read as 0, so check the length first. */
export function readUint32(octets: Uint8Array, offset: number): number {
  return (
    (((octets[offset] ?? 0) << 24) |
      ((octets[offset + 1] ?? 0) << 16) |
      ((octets[offset + 2] ?? 0) << 8) |
      (octets[offset + 3] ?? 0)) >>>
    0
  );
}
