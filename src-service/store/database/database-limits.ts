/** The bounds of the store's connections (docs/limits.md). */
export const DATABASE_LIMITS = {
  /** What a change waits for another process or transaction to let go. */
  lockWaitMs: 5000,
  /** Queries that wait for a connection. */
  waitingQueries: 1000,
  /** PostgreSQL: connecting, or waiting for a connection of the pool. */
  connectMs: 5000,
  /** PostgreSQL: one statement, at the server. */
  statementMs: 10_000,
  /** PostgreSQL: one statement as this end sees it, for a server that vanished. */
  answerMs: 12_000,
  /** PostgreSQL: a transaction in which nothing happens, as of a node that froze. */
  idleTransactionMs: 15_000,
  /** PostgreSQL: one statement of a migration. */
  migrationMs: 3_600_000,
  /** PostgreSQL: times that a change is tried over after a deadlock or lost race. */
  changeAttempts: 5,
  /** PostgreSQL: octets of one notification; the server's own limit is 8,000. */
  notificationBytes: 7000,
  /** PostgreSQL: notifications of one change; with more, others load everything again. */
  notificationsOfChange: 32,
  /** PostgreSQL: what a node waits for another one that makes the first keys. */
  aloneWaitMs: 30_000,
  /** How often a store that failed is tried. */
  probeMs: 2000,
  /** SQLite: how often the file is asked whether another process has changed it. */
  othersPollMs: 500,
} as const;
