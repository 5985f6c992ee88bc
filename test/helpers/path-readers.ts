import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';

/** What servers in the wild do with a path before they look the file up, one step each. */
const STEPS: readonly ((path: string) => string)[] = [
  decodeOctets,
  (path) => path.replaceAll('\\', '/'),
  (path) => path.replace(/;[^/]*/g, ''),
  (path) => path.replace(/\/{2,}/g, '/'),
  (path) => path.replace(/%u([\da-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16) & 0xff)),
  (path) =>
    path.replace(/[\xc0\xc1]([\x80-\xbf])/g, (_, last: string) => String.fromCharCode(last.charCodeAt(0) & 0x7f)),
  (path) => path.replace(/\0.*$/s, ''),
  (path) => path.replace(/[\t\r\n]/g, ''),
];
/** Passes of all steps; each hostile target of the corpus is read to its end well before. */
const MAX_READINGS = 500;

/** Every path that some server could take a request target for, dot segments resolved. The target is one that a backend got. */
export function everyReading(target: string): Set<string> {
  const [path = ''] = target.split('?', 1);
  const seen = new Set([path]);
  for (const reading of seen) {
    for (const step of STEPS) seen.add(step(reading));
    if (seen.size > MAX_READINGS) break;
  }
  return new Set(Array.from(seen, resolveDots));
}

function resolveDots(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}
