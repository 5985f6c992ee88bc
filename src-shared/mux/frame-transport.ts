/** What carries a mux's octets: a WebSocket at run time, a pipe with faults in tests. Reliable and in order. */
export interface FrameTransport {
  /**
   * Octets that stand free at the beginning of the first part, for a header of the transport's own. With them it writes what
   * lies in one part as it is, with no copy.
   */
  readonly headroomBytes: number;
  /**
   * Sends the parts, without the first one's headroom, as consecutive octets. They are the transport's from then on, but none
   * is changed that is not in the first part.
   * @param totalBytes without the headroom
   * @param onSent may be called once the network has taken them all, when nothing looks at them any more.
   */
  send(parts: readonly Uint8Array[], totalBytes: number, onSent?: () => void): void;
  /** Octets given to `send` that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Ends the connection: what was sent still goes out, nothing more is received. */
  close(reason: string): void;
}
