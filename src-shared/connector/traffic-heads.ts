/** A header as it may be kept: what could let its holder in reads `[secret]`. */
export interface KeptHeader {
  readonly name: string;
  readonly value: string;
}

/** The headers of one request, as the application got them, and of its answer, as the user did. */
export interface TrafficHeads {
  /** That of the request's record. */
  readonly sequence: number;
  readonly request: readonly KeptHeader[];
  /** Null where no answer came. */
  readonly response: readonly KeptHeader[] | null;
}
