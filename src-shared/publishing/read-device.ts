/** Engines name each other in their `User-Agent`: the first that is found counts. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?(?:iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bElectron\//, 'Electron'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/\bcurl\//, 'curl'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** What a `User-Agent` says of a device; null for what it says in no known way. For display alone: whoever signs in chooses it. */
export interface Device {
  readonly program: string | null;
  readonly system: string | null;
}

/** All that a `User-Agent` can be read as. */
export const DEVICES: readonly Device[] = namesOf(PROGRAMS).flatMap((program) =>
  namesOf(SYSTEMS).map((system) => ({ program, system })),
);

export function readDevice(userAgent: string): Device {
  const find = (names: typeof PROGRAMS): string | null =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  return { program: find(PROGRAMS), system: find(SYSTEMS) };
}

function namesOf(names: typeof PROGRAMS): (string | null)[] {
  return [...names.map(([, name]) => name), null];
}
