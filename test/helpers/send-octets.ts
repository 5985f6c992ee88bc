import type { FrameTransport } from '../../src-shared/mux/frame-transport.ts';

/** Sends octets that no mux would have written, with the room that the transport wants in front. */
export function sendOctets(transport: FrameTransport, octets: Uint8Array): void {
  const padded = new Uint8Array(transport.headroomBytes + octets.length);
  padded.set(octets, transport.headroomBytes);
  transport.send([padded], octets.length);
}
