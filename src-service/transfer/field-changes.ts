/** One field that becomes another. */
export interface FieldChange {
  /** `onPremisesPublishing.isOnPremPublishingEnabled`; lists by index. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The fields in which two plain values differ, down to the smallest part that both have. */
export function findFieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const place = (step: string | number): string => (path === '' ? String(step) : `${path}.${step}`);
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((each, index) => findFieldChanges(each, after[index], place(index)));
  }
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => findFieldChanges(before[name], after[name], place(name)));
  }
  return [{ path, before, after }];
}

/** The same with what came from elsewhere left out of sight, whole or within a value. */
export function withoutSecrets(changes: readonly FieldChange[], origins: ReadonlyMap<string, string>): FieldChange[] {
  if (origins.size === 0) return [...changes];
  const hide = (value: unknown, path: string): unknown => {
    const origin = origins.get(path);
    if (origin !== undefined) return value === undefined || value === null ? value : `[from ${origin}]`;
    if (Array.isArray(value)) return value.map((each, index) => hide(each, `${path}.${index}`));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hide(each, `${path}.${name}`)]));
  };
  return changes.map(({ path, before, after }) => ({
    path,
    before: origins.has(path) && before !== undefined ? '[what was there]' : hide(before, path),
    after: hide(after, path),
  }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
