/** Objects and lists within each other that a body may have: far above any resource, a batch of them included. */
export const MAX_BODY_DEPTH = 32;

/** Whether a parsed body has more within each other than that: what walks it would have to be written for no end of it. */
export function isTooDeep(body: unknown): boolean {
  let level: readonly unknown[] = [body];
  for (let depth = 0; depth <= MAX_BODY_DEPTH; depth += 1) {
    level = level.flatMap((value) => (isPlain(value) ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** Octets are no list of numbers here. */
function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}
