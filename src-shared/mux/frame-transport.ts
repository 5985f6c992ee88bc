/** What carries a mux's octets: a WebSocket at run time, a pipe with faults in tests. Reliable and in order. */
export interface FrameTransport {
  /**
   * Sends the parts as consecutive octets. They are not changed afterwards.
   * @param onSent may be called once the network has taken them all, when nothing looks at them any more.
   */
  send(parts: readonly Uint8Array[], totalBytes: number, onSent?: () => void): void;
  /** Octets given to `send` that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Ends the connection: what was sent still goes out, nothing more is received. */
  close(reason: string): void;
}
