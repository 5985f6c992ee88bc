/** Bounds of the relay that hold for everyone; docs/limits.md says why and what each costs. */
export const RELAY_LIMITS = {
  /** Tunnels at once of which no HELLO came yet; with more, one of them goes (`Newcomers`). */
  maxSilentTunnels: 512,
  /** Tunnels at once whose HELLO is looked at. */
  maxClaimingTunnels: 512,
  /** Octets taken from a tunnel before it has proven who it is: a HELLO and no more. */
  maxHelloBytes: 65_536,
  /** RENEW and RENEWED that one tunnel may bring in that time: each is a look into the store, and may be a signature. */
  renewalSteps: 10,
  renewalStepsWithinMs: 600_000,
  /** Connections of users that are tied to one of a backend; further ones are not. */
  maxConnectionPins: 10_000,
  /** What a WebSocket that is cut has to take in why, ms. */
  closingWaitMs: 400,
  /** Octets that came for users and were not taken, above which those who are behind for longest are ended sooner. */
  maxUntakenBytes: 256 * 1024 * 1024,
  /** Octets of a request's body that are kept for another tunnel: what may ride along, and what was read ahead of that. */
  maxUntakenBodyBytes: 256 * 1024,
  /** How often one request may be handed to another tunnel. */
  maxAttempts: 3,
  /** Changes of a group's configuration that a connector which missed them is still told as changes. */
  configurationSteps: 64,
  /** Applications and addresses that these may name together. */
  configurationStepNames: 20_000,
  /** Groups whose last changes are kept in mind. */
  configurationFeeds: 1000,
} as const;

/** The times of the relay, ms. A test may choose shorter ones. */
export interface RelayTimes {
  /** What a tunnel has for CHALLENGE, HELLO and WELCOME. */
  readonly helloDeadlineMs: number;
  readonly pingIntervalMs: number;
  readonly deadAfterMs: number;
  /** How often each tunnel is looked at: silence, and canaries that are due or late. */
  readonly tickMs: number;
  /** From one canary of a tunnel to the next, less up to a fifth by chance. */
  readonly canaryIntervalMs: number;
  /** What a canary has for its answer. */
  readonly canaryAnswerMs: number;
  /** The same while much else moves on the tunnel: on a slow line the answer stands in a queue. */
  readonly canaryBusyAnswerMs: number;
  /** How long a user may leave a part of what waits for them. */
  readonly userStallMs: number;
  /** The same where more waits for all users than `maxUntakenBytes`. */
  readonly crowdedStallMs: number;
  /** How often those who stand still are looked at. */
  readonly userStallLookMs: number;
  /** What running requests have after GOAWAY. */
  readonly drainMs: number;
  /** From the end of a tunnel to the end of its TCP connection. */
  readonly closeDeadlineMs: number;
}

export const DEFAULT_RELAY_TIMES: RelayTimes = {
  helloDeadlineMs: 5000,
  pingIntervalMs: 10_000,
  deadAfterMs: 15_000,
  tickMs: 1000,
  canaryIntervalMs: 15_000,
  canaryAnswerMs: 5000,
  canaryBusyAnswerMs: 30_000,
  userStallMs: 300_000,
  crowdedStallMs: 30_000,
  userStallLookMs: 5000,
  drainMs: 30_000,
  closeDeadlineMs: 2000,
};
