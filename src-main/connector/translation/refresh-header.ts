/** Delay, optional `url=`, optional quote, address: as browsers read it (HTML Standard, shared declarative refresh steps). */
const REFRESH = /^(\s*[\d.]+\s*[;,\s]\s*(?:url\s*=\s*)?)(["']?)(.*)$/is;

/**
 * Translates the address in a `Refresh` header (`5; url=http://…`). Returns the value itself where nothing changes.
 * @param translate gives the replacement of a URL, or null to keep it.
 */
export function translateRefresh(value: string, translate: (url: string) => string | null): string {
  const match = REFRESH.exec(value);
  if (match === null) return value;
  const [, before = '', quote = '', rest = ''] = match;
  const end = quote === '' ? rest.trimEnd().length : rest.indexOf(quote);
  const address = end === -1 ? rest : rest.slice(0, end);
  const replacement = translate(address);
  return replacement === null ? value : before + quote + replacement + rest.slice(address.length);
}
