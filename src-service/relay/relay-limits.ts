/** Bounds of the relay; docs/limits.md says why and what each costs. */
export const RELAY_LIMITS = {
  /** Tunnels at once that have not yet proven who they are. */
  maxPendingTunnels: 512,
  /** Time that a tunnel has for CHALLENGE, HELLO and WELCOME, ms. */
  helloDeadlineMs: 5000,
  /** Largest WebSocket message taken from a connector, bytes. */
  maxMessageBytes: 1_048_576,
  /** Largest message before a tunnel has proven who it is, bytes: a HELLO and no more. */
  maxHelloBytes: 65_536,
  pingIntervalMs: 10_000,
  deadAfterMs: 15_000,
  keepaliveTickMs: 1000,
  /** How often one request may be handed to another tunnel. */
  maxAttempts: 3,
  /** Time that running requests have after GOAWAY, ms. */
  drainMs: 30_000,
  /** Time between the end of a tunnel and the end of its TCP connection, ms. */
  closeDeadlineMs: 2000,
} as const;
