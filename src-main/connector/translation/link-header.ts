/**
 * Translates the targets of a `Link` header (RFC 8288, section 3): what stands between `<` and `>`, outside quoted
 * strings. Returns the value itself where nothing changes.
 * @param translate gives the replacement of a URL, or null to keep it.
 */
export function translateLink(value: string, translate: (url: string) => string | null): string {
  let result = '';
  let copied = 0;
  let isQuoted = false;
  for (let index = 0; index < value.length; index += 1) {
    const character = value[index];
    if (isQuoted) {
      if (character === '\\') index += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') {
      isQuoted = true;
    } else if (character === '<') {
      const end = value.indexOf('>', index);
      if (end === -1) break;
      const replacement = translate(value.slice(index + 1, end));
      if (replacement !== null) {
        result += value.slice(copied, index + 1) + replacement;
        copied = end;
      }
      index = end;
    }
  }
  return copied === 0 ? value : result + value.slice(copied);
}
