/** A flat list `name, value, name, value…` as pairs. */
export function pairFields(list: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let index = 0; index < list.length; index += 2) result.push([list[index] ?? '', list[index + 1] ?? '']);
  return result;
}

/** A flat list as the values of each name, which is put in lower case. */
export function groupFields(list: readonly string[]): Record<string, string[]> {
  const result = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of pairFields(list)) (result[name.toLowerCase()] ??= []).push(value);
  return result;
}

/** A flat list without the fields of these names, which are in lower case. */
export function withoutFields(list: readonly string[], names: ReadonlySet<string>): string[] {
  const result: string[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? '';
    if (!names.has(name.toLowerCase())) result.push(name, list[index + 1] ?? '');
  }
  return result;
}

/** Of a connection, which is ours to speak of: with such a field a body would end elsewhere than this end ends it. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** Of a message that goes over HTTP/1.1. @throws TypeError where a field in it speaks of the connection */
export function refuseFieldsOfConnection(list: readonly string[]): void {
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] as string;
    if (OF_CONNECTION.has(name.toLowerCase())) throw new TypeError(`A response can not set ${name}.`);
  }
}

/** Of `defaults`, names in lower case, the fields whose names are not in `list`. */
export function missingFields(list: readonly string[], defaults: readonly string[]): readonly string[] {
  const missing: string[] = [];
  for (let index = 0; index < defaults.length; index += 2) {
    const name = defaults[index] as string;
    if (!hasField(list, name)) missing.push(name, defaults[index + 1] as string);
  }
  return missing;
}

function hasField(list: readonly string[], lowerName: string): boolean {
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] as string;
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) return true;
  }
  return false;
}
