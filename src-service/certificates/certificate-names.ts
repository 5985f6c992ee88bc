/**
 * Whether a DNS name of a certificate is good for a host (RFC 9525 section 6.3, as RFC 6125 before it): `*` stands for
 * exactly one label, and only as the whole leftmost one. Both in lower case. A published wildcard host, `*.example.com`,
 * is covered by that very name alone.
 */
function nameCovers(name: string, hostname: string): boolean {
  if (name === hostname) return true;
  if (!isWildcardName(name)) return false;
  const dot = hostname.indexOf('.');
  return dot > 0 && !hostname.startsWith('*.') && hostname.slice(dot + 1) === name.slice(2);
}

/** Whether any of the names of a certificate is good for a host. */
export function coversHost(names: readonly string[], hostname: string): boolean {
  return names.some((name) => nameCovers(name, hostname));
}

/** `*.` before at least two labels: no authority issues more, and no client believes it. */
export function isWildcardName(name: string): boolean {
  return name.startsWith('*.') && name.indexOf('.', 2) !== -1 && !name.includes('*', 1);
}
