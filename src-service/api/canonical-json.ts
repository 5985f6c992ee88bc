/**
 * JSON whose keys are in order, so that equal values have equal texts: what `JSON.stringify` makes of the value with its keys
 * sorted. Written straight, for each item of a list is hashed by it.
 */
export function canonicalJson(value: unknown): string {
  return write(value) ?? 'null';
}

/** Undefined for what JSON leaves out. */
function write(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') return write(value.toJSON());
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${write(item) ?? 'null'}`;
    return `[${text}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const member = write((value as Readonly<Record<string, unknown>>)[key]);
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${member}`;
  }
  return `{${text}}`;
}
