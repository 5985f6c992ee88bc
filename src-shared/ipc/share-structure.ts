/**
 * `after` with the objects of `before` wherever the two are equal: who compares by identity sees then what has changed, and
 * nothing else. For plain data, as JSON has it. Pure.
 */
export function shareStructure<Value>(before: unknown, after: Value): Value {
  if (Object.is(before, after)) return after;
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return after;
  if (Array.isArray(before) !== Array.isArray(after)) return after;
  const former = before as Readonly<Record<string, unknown>>;
  const entries = Object.entries(after).map(([key, value]) => [key, shareStructure(former[key], value)] as const);
  const isEqual =
    entries.length === Object.keys(before).length &&
    entries.every(([key, value]) => Object.hasOwn(former, key) && Object.is(former[key], value));
  if (isEqual) return before as Value;
  return (Array.isArray(after) ? entries.map(([, value]) => value) : Object.fromEntries(entries)) as Value;
}
