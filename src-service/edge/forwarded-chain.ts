import { isIP } from 'node:net';

/** One hop that proxies told of, the client's first. */
export interface ForwardedHop {
  /** An address without its port, an obfuscated name (`_hidden`), or `unknown` (RFC 7239 section 6). */
  readonly node: string;
  /** `proto`, where it is `http` or `https`. */
  readonly scheme: 'http' | 'https' | null;
}

/** The most hops that are kept, the last ones; more is an attack or a loop. */
const MAX_FORWARDED_HOPS = 32;

/** Space stands once before a pair and once behind it, so that this takes linear time. */
const PAIR = /[ \t]*(?:([!#$%&'*+\-.^_`|~\w]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~\w]*))[ \t]*)?([;,]|$)/y;
const OBFUSCATED = /^_[\w.-]+$/;

/** The hops of `X-Forwarded-For`; what is no address counts as `unknown`. */
export function parseForwardedFor(value: string): ForwardedHop[] {
  return value
    .split(',')
    .slice(-MAX_FORWARDED_HOPS)
    .flatMap((text) => (text.trim() === '' ? [] : [{ node: nodeOf(text.trim()), scheme: null }]));
}

/** The hops of `Forwarded` (RFC 7239 section 4); none where it is malformed, since then nothing of it is sure. */
export function parseForwarded(value: string): ForwardedHop[] {
  const hops: ForwardedHop[] = [];
  let node = 'unknown';
  let scheme: ForwardedHop['scheme'] = null;
  let isEmpty = true;
  PAIR.lastIndex = 0;
  for (;;) {
    const match = PAIR.exec(value);
    if (match === null) return [];
    const [, name, quoted, token, separator] = match;
    if (name !== undefined) {
      isEmpty = false;
      const text = quoted?.replace(/\\(.)/g, '$1') ?? token ?? '';
      if (name.toLowerCase() === 'for') node = nodeOf(text);
      else if (name.toLowerCase() === 'proto') scheme = schemeOf(text);
    }
    if (separator === ';') continue;
    if (!isEmpty) hops.push({ node, scheme });
    if (separator === '') return hops.slice(-MAX_FORWARDED_HOPS);
    node = 'unknown';
    scheme = null;
    isEmpty = true;
  }
}

/** `http` or `https` in any case, or null. */
export function schemeOf(text: string): ForwardedHop['scheme'] {
  const lower = text.trim().toLowerCase();
  return lower === 'https' || lower === 'http' ? lower : null;
}

/** `address`, `address:port`, `[address]`, `[address]:port`, or a name that hides it. */
function nodeOf(text: string): string {
  const bare = plainAddress(text);
  if (isIP(bare) !== 0) return bare;
  const withPort = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::(?:\d{1,5}|_[\w.-]+))?$/i.exec(text);
  const address = plainAddress(withPort?.[1] ?? withPort?.[2] ?? '');
  if (isIP(address) !== 0) return address;
  return OBFUSCATED.test(text) ? text : 'unknown';
}

/** An IPv4 address that a dual-stack socket shows as `::ffff:a.b.c.d`, in its own form. */
export function plainAddress(address: string): string {
  return address.startsWith('::') && /^::ffff:[\d.]+$/i.test(address) ? address.slice(7) : address;
}
