/** Exit codes beside 0 and 1 (docs/command-line.md). */
export const EXIT_CODES = {
  /** `config plan`: something would change. */
  changes: 2,
  /** `config apply`: the store has been changed since the plan was made. */
  changedMeanwhile: 3,
} as const;
