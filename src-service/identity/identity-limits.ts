/** The bounds of sign-in and sessions. Each has a row in docs/limits.md. */
export const IDENTITY_LIMITS = {
  /** How long a sign-in may take from the first redirect to the return, ms. */
  signInMs: 10 * 60_000,
  /** How long a hand-off to an application's host is good for, ms. */
  handOffMs: 30_000,
  /** How long the page after a sign-out of one application leads out of the others without a question, ms. */
  askedSignOutMs: 10 * 60_000,
  /** Age at which a new key takes over the sealing of cookies, ms. */
  sealingKeyMs: 30 * 24 * 60 * 60_000,
  /** How often keys are rotated where due and sessions that ran out are deleted, ms. */
  housekeepingMs: 60 * 60_000,
  /** How long a use of a session may stand in memory alone, ms; a quarter of the idle time where that is shorter. */
  useWritingMs: 2 * 60_000,
  /** Uses of sessions that left the memory before they were written, about 150 octets each. */
  unwrittenUses: 20_000,
  /** Uses that are written in one transaction. */
  usesAtOnce: 500,
  /** Applications that are noted for one session. */
  notedApplications: 100,
  /** Sessions unused for so long are not asked about at the provider until they are used again, ms. */
  usedLatelyMs: 5 * 60_000,
  /** Sessions that are asked about at the provider at once. */
  parallelRefreshes: 8,
  /** Requests that wait for such an answer at once; further ones go on without. */
  waitingRefreshes: 1000,
  /** How long a request waits for it, ms. */
  refreshWaitMs: 5000,
  /** After a provider did not answer it is left alone for so long, ms. */
  refreshRetryMs: 10_000,
  /** Users whose earlier tokens are refused, about 100 octets each. */
  revokedUsers: 100_000,
  /** For how long they are, ms: no access token lives longer. */
  revocationMs: 30 * 24 * 60 * 60_000,
  /** Characters of a browser's `User-Agent` that are kept. */
  userAgentLength: 256,
  /** Hosts that one session may be signed out of by themselves; with more the whole session ends. */
  signedOutHosts: 32,
  /** Authentication contexts of a session that its provider said once and did not repeat. */
  provenContexts: 100,
  /** Opened session cookies kept in memory, about 1 KiB each. */
  openedCookies: 50_000,
  /** Session records kept in memory, about 1 KiB each, more with many groups. */
  cachedSessions: 20_000,
  /** Verified access tokens known by their hash, about 1 KiB each, more with many groups. */
  knownAccessTokens: 10_000,
  /** How long a verified access token is known at most, ms; then its signature is checked again, lest a withdrawn key live on. */
  knownAccessTokenMs: 60 * 60_000,
  /** Octets of an access token that is looked at. */
  accessTokenBytes: 16_384,
  /** Used one-time values that are known in memory until they expire, about 150 octets each; the store has all. */
  consumedValues: 100_000,
  /** Sign-ins that one browser may have open on one host at once; older ones are forgotten. */
  parallelSignIns: 12,
  /** How long the identity provider may take to answer one call, ms. */
  providerTimeoutMs: 10_000,
  /** How far the clock of the administrators' provider may be from ours, seconds; of users' providers `clockToleranceSeconds` says it. */
  clockToleranceSeconds: 300,
  /** By how much a sign-in may be older than a condition wants it, seconds: it has to come back first. */
  authenticationAgeToleranceSeconds: 30,
  /** Age at which a discovery document is fetched anew, ms. */
  discoveryMs: 60 * 60_000,
  /** Age at which the keys of a provider are fetched anew, ms. */
  keysMs: 10 * 60_000,
  /** Least time between two fetches for keys that are not known, ms. */
  keyFetchMs: 1_000,
  /** Tokens with unknown keys that wait for the next fetch; others are refused. */
  keyWaiters: 200,
  /** Groups that Graph is asked for at most; more are unknown. */
  graphGroups: 5_000,
  /** How long Graph may take for all groups of a person, ms. */
  graphTimeoutMs: 15_000,
  /** How long a failed discovery is believed before the next sign-in tries again, ms. */
  discoveryRetryMs: 1_000,
  /** Octets of one cookie value that is looked at; longer ones are ignored. */
  cookieBytes: 4096,
  /** Session cookies of one request that are looked at; with more of them, the sign-in is refused. */
  sameNameCookies: 16,
  /** How long an identity assertion is good, ms; it is signed anew at half of it. */
  assertionMs: 5 * 60_000,
  /** Octets of the groups in an assertion; with more there are none and `hasgroups` says so. */
  assertionGroupsLength: 2048,
  /** Octets of the roles in an assertion; with more there are none. */
  assertionRolesLength: 512,
  /** Characters of each name and address in an assertion. */
  assertionTextLength: 256,
  /** Age at which the newest key of assertions gets a successor, ms. */
  assertionKeyMs: 30 * 24 * 60 * 60_000,
  /** How long a key is published before it signs, and after its last signature, ms. */
  assertionKeyLeadMs: 24 * 60 * 60_000,
} as const;
