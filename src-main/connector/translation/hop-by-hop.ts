/** Headers that speak to the next hop alone, in lower case (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a header, named in lower case, must not cross. `named` are those that the message's own `Connection` lists. */
export function isHopByHop(lowerName: string, named: ReadonlySet<string> | null): boolean {
  return HOP_BY_HOP.has(lowerName) || (named !== null && named.has(lowerName));
}

/**
 * The names that the `Connection` headers of a flat list declare hop-by-hop, in lower case; null where there are none
 * beyond the ordinary `keep-alive` and `close`.
 */
export function namesInConnection(headers: readonly string[]): ReadonlySet<string> | null {
  let names: Set<string> | null = null;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    for (const token of (headers[index + 1] ?? '').toLowerCase().split(',')) {
      const trimmed = token.trim();
      if (trimmed === '' || trimmed === 'keep-alive' || trimmed === 'close') continue;
      names ??= new Set();
      names.add(trimmed);
    }
  }
  return names;
}
