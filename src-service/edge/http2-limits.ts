/** The bounds of HTTP/2 at the edge. Each has a row in docs/limits.md. */
export const HTTP2_EDGE_LIMITS = {
  /** Streams that one connection may have open. */
  maxConcurrentStreams: 100,
  /** What a connection may hold in send queues and header tables before new streams are refused, MiB. */
  maxSessionMemoryMib: 16,
  /** Octets that a client may send ahead on one stream before somebody reads them. */
  streamWindowBytes: 256 * 1024,
  /** The same for all streams of a connection, given back as soon as the octets are handed to their streams. */
  sessionWindowBytes: 1024 * 1024,
  /** Resets by the client that are let pass at once, and a second after that; more end the connection (CVE-2023-44487). */
  streamResetBurst: 400,
  streamResetsPerSecond: 50,
  /** Frames that break the protocol until the connection ends. */
  maxInvalidFrames: 20,
  /** Streams beyond `maxConcurrentStreams` that are refused until the connection ends. */
  maxRejectedStreams: 100,
  /** Entries of one SETTINGS frame. */
  maxSettings: 32,
  /** Fields of a request that are looked at, so that one with too many gets a page; beyond it the stream is reset. */
  maxParsedHeaderCount: 4000,
  /** Octets of the table by which headers are compressed, each way. */
  headerTableBytes: 4096,
  /** Octets of a response's headers, uncompressed: what comes through a tunnel, with ours. nghttp2 resets the stream at 64 KiB. */
  maxSentHeaderBytes: 256 * 1024,
} as const;
