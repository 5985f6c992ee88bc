/**
 * An address as the 128 bits of IPv6, four words of 32, the highest first; one of IPv4 in its mapped form (`::ffff:a.b.c.d`, RFC
 * 4291 section 2.5.5.2), so that it is the same however it is written.
 */
export type IpAddress = readonly [number, number, number, number];

const MAPPED = 0xffff;
const OCTET = /^(?:0|[1-9]\d{0,2})$/;
const GROUP = /^[\da-f]{1,4}$/i;
const GROUPS = 8;

/** Reads an address, with or without a zone (`fe80::1%eth0`), which is left away; null for what is none. */
export function parseIpAddress(text: string): IpAddress | null {
  if (!text.includes(':')) {
    const ipv4 = parseIpv4(text);
    return ipv4 === null ? null : mappedIpv4(ipv4);
  }
  const zone = text.indexOf('%');
  if (zone !== -1 && zone === text.length - 1) return null;
  const groups = readGroups(zone === -1 ? text : text.slice(0, zone));
  if (groups === null) return null;
  const word = (index: number): number => (((groups[index] ?? 0) << 16) | (groups[index + 1] ?? 0)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}

/** The address of IPv4 with these 32 bits. */
export function mappedIpv4(bits: number): IpAddress {
  return [0, 0, MAPPED, bits >>> 0];
}

export function isMappedIpv4([first, second, third]: IpAddress): boolean {
  return first === 0 && second === 0 && third === MAPPED;
}

/** Four numbers without leading zeros, which some read as octal. */
function parseIpv4(text: string): number | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  let bits = 0;
  for (const octet of octets) {
    if (!OCTET.test(octet) || Number(octet) > 255) return null;
    bits = bits * 256 + Number(octet);
  }
  return bits;
}

/** The eight groups of 16 bits (RFC 4291 section 2.2). */
function readGroups(text: string): readonly number[] | null {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return null;
  const before = readPart(head, tail === undefined);
  const after = tail === undefined ? [] : readPart(tail, true);
  if (before === null || after === null) return null;
  const missing = GROUPS - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

/** @param isLast whether it may end in an address of IPv4 */
function readPart(text: string, isLast: boolean): number[] | null {
  if (text === '') return [];
  const found: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (GROUP.test(part)) found.push(Number.parseInt(part, 16));
    else {
      const ipv4 = isLast && index === parts.length - 1 ? parseIpv4(part) : null;
      if (ipv4 === null) return null;
      found.push(ipv4 >>> 16, ipv4 & 0xffff);
    }
  }
  return found;
}
