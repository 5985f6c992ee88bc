/** The bounds of the edge. Each has a row in docs/limits.md. */
export const EDGE_LIMITS = {
  /** Octets of a request's head; above it 431 (B32 asks for 64 KiB at least). */
  maxHeaderBytes: 96 * 1024,
  /** Header lines of one request. */
  maxHeaderCount: 1000,
  /** Octets of a request target; above it EDGE_BAD_TARGET. */
  maxTargetBytes: 16 * 1024,
  /** How long a client may take to send a request's head, ms (slow loris). */
  headersTimeoutMs: 20_000,
  /** How long an idle connection is kept for the next request, ms; above the 60 s of the usual load balancer. */
  keepAliveTimeoutMs: 65_000,
  /** Connections open at once; further ones are closed as they come. */
  maxConnections: 20_000,
  /** How often the server looks for connections past their deadline, ms. */
  connectionsCheckMs: 5_000,
} as const;

/** The bounds of sign-in and sessions. Each has a row in docs/limits.md. */
export const IDENTITY_LIMITS = {
  /** How long a sign-in may take from the first redirect to the return, ms. */
  signInMs: 10 * 60_000,
  /** How long a hand-off to an application's host is good for, ms. */
  handOffMs: 30_000,
  /** How long a session lasts, ms. */
  sessionMs: 8 * 60 * 60_000,
  /** Opened session cookies kept in memory, about 1 KiB each. */
  openedCookies: 50_000,
  /** Session records kept in memory, about 1 KiB each, more with many groups. */
  cachedSessions: 20_000,
  /** One-time values remembered as used until they expire, about 150 octets each. */
  consumedValues: 100_000,
  /** Sign-ins that one browser may have open on one host at once; older ones are forgotten. */
  parallelSignIns: 12,
  /** How long the identity provider may take to answer one call, ms. */
  providerTimeoutMs: 10_000,
  /** How long a failed discovery is believed before the next sign-in tries again, ms. */
  discoveryRetryMs: 1_000,
  /** Octets of one cookie value that is looked at; longer ones are ignored. */
  cookieBytes: 4096,
  /** Octets of a path and query to which a sign-in returns; with a longer one it returns to the application's start. */
  returnTargetBytes: 2600,
} as const;
