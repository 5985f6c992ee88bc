/** One field that a change has made different, as Graph tells of it: values as JSON text, null where there was none. */
export interface ModifiedProperty {
  /** With the names of the objects that it is in before it, parted by `/` as in `$filter`. */
  readonly displayName: string;
  readonly oldValue: string | null;
  readonly newValue: string | null;
}

/** The fields in which two states differ. Lists are compared and told as a whole. */
export function modifiedProperties(before: unknown, after: unknown): ModifiedProperty[] {
  const [old, now] = [flatten(before), flatten(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((displayName) => {
    const [oldValue = null, newValue = null] = [old.get(displayName), now.get(displayName)];
    return oldValue === newValue ? [] : [{ displayName, oldValue, newValue }];
  });
}

function flatten(state: unknown, prefix = '', into = new Map<string, string>()): Map<string, string> {
  if (!isObject(state)) return into;
  for (const [name, value] of Object.entries(state)) {
    if (isObject(value)) flatten(value, `${prefix}${name}/`, into);
    else into.set(prefix + name, JSON.stringify(value));
  }
  return into;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
