/** Exit codes with a meaning of their own; 0 is done, 1 refused or failed (docs/command-line.md). */
export const EXIT_CODES = {
  /** `config plan`: something would change. */
  changes: 2,
  /** `config apply`: the store has been changed since the plan was made. */
  changedMeanwhile: 3,
  /** `audit verify`: the audit is not what was written. */
  auditBroken: 2,
  // `status`, as monitoring programs have them.
  statusWarning: 1,
  statusCritical: 2,
  statusUnknown: 3,
} as const;
