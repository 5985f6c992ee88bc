/** Bounds of the live traffic; docs/limits.md says why and what each costs. */
export const TRAFFIC_LIMITS = {
  /** Events that are kept for those who come back. */
  keptEvents: 2000,
  /** How long events are kept while nobody watches, ms. */
  keptUnwatchedMs: 120_000,
  /** Who may watch at once, of all and of one administrator. */
  maxWatchers: 50,
  maxWatchersOfOne: 5,
  /** Events that wait for one who reads slowly. */
  maxWaitingEvents: 500,
  /** Events a second that one gets where nothing is said. */
  eventsPerSecond: 200,
  maxEventsPerSecond: 1000,
  /** Failed requests that are found by their activity id. */
  keptFailures: 2000,
  /** The same of those that were refused to people who are known, and to others. */
  keptRefusals: 1000,
  keptRefusalsOfStrangers: 1000,
} as const;
