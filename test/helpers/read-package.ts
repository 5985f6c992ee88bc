import { readFileSync } from 'node:fs';

/** What Electron's executables begin their fuses with (electron/fuses). */
const FUSES = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** In the order of their octets. */
const FUSE_NAMES = [
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeInspect',
  'asarIntegrity',
  'onlyAsar',
  'browserSnapshot',
  'fileProtocol',
] as const;

/** The fuses of an executable, by its octets: `1` for on, `0` for off, `r` for removed. */
export function readFuses(executable: string): Readonly<Record<(typeof FUSE_NAMES)[number], string>> {
  const octets = readFileSync(executable);
  // A version and their number come first.
  const begin = octets.indexOf(FUSES) + FUSES.length + 2;
  const states = FUSE_NAMES.map((name, index) => [name, String.fromCodePoint(octets[begin + index] ?? 0)] as const);
  return Object.fromEntries(states) as Record<(typeof FUSE_NAMES)[number], string>;
}

type AsarEntry =
  | { readonly files: Readonly<Record<string, AsarEntry>> }
  | { readonly offset: string; readonly size: number };

/** The files of an asar archive, by path: a pickle of a pickle of JSON, and their contents one after the other behind it. */
export function readAsar(file: string): ReadonlyMap<string, Buffer> {
  const octets = readFileSync(file);
  const headerBytes = octets.readUInt32LE(4);
  const header = JSON.parse(octets.toString('utf8', 16, 16 + octets.readUInt32LE(12))) as AsarEntry;
  const found = new Map<string, Buffer>();
  const walk = (entry: AsarEntry, path: string): void => {
    if ('files' in entry) {
      for (const [name, child] of Object.entries(entry.files)) walk(child, path === '' ? name : `${path}/${name}`);
    } else {
      const begin = 8 + headerBytes + Number(entry.offset);
      found.set(path, octets.subarray(begin, begin + entry.size));
    }
  };
  walk(header, '');
  return found;
}
