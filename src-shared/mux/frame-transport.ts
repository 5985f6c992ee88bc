/** What carries a mux's octets: a WebSocket at run time, a pipe with faults in tests. Reliable and in order. */
export interface FrameTransport {
  /** Sends the parts as consecutive octets. They are not changed afterwards. */
  send(parts: readonly Uint8Array[], totalBytes: number): void;
  /** Octets given to `send` that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Ends the connection: what was sent still goes out, nothing more is received. */
  close(reason: string): void;
}
