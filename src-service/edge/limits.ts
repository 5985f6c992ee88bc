/** The bounds of the edge. Each has a row in docs/limits.md. */
export const EDGE_LIMITS = {
  /** Octets of a request's headers; above it 431 (B32 asks for 64 KiB at least). */
  maxHeaderBytes: 96 * 1024,
  /** Octets of a request's head that the parsers take, so that a page can be shown above `maxHeaderBytes`. */
  maxParsedHeaderBytes: 128 * 1024,
  /** Octets of a head that the service reads itself; node:http gets those with more. */
  maxOwnHeadBytes: 64 * 1024,
  /** Pieces in which such a head may come. */
  maxHeadPieces: 16,
  /** Octets that a connection may send ahead of the answer under way before it is read no further. */
  maxReadAheadBytes: 16 * 1024,
  /** Header lines of one request; above it 431. */
  maxHeaderCount: 1000,
  /** Octets of a request target; above it EDGE_BAD_TARGET. */
  maxTargetBytes: 16 * 1024,
  /** How long a client may take to send a request's head, ms (slow loris). */
  headersTimeoutMs: 20_000,
  /** How long an idle connection is kept for the next request, ms; above the 60 s of the usual load balancer. */
  keepAliveTimeoutMs: 65_000,
  /** Connections open at once; further ones are closed as they come. */
  maxConnections: 20_000,
  /** Of these, those on which no whole request came yet; with more, one of them is ended (`Newcomers`). */
  maxUnusedConnections: 10_000,
  /** How often the server looks for connections past their deadline, ms. */
  connectionsCheckMs: 5_000,
  /** Octets of a request's head at `httpListen`, and connections there. */
  maxPlainHeaderBytes: 16 * 1024,
  maxPlainConnections: 2_000,
  maxUnusedPlainConnections: 1_000,
  /** Octets of a path and query to which a sign-in returns; they must fit into a cookie. With a longer one it returns to `/`. */
  returnTargetBytes: 2600,
} as const;
