/** Grounds of the letters that stand for applications without a logo; white is readable on each, in light and dark. */
export const TONES = [
  '#b3261e',
  '#a83a00',
  '#8a5300',
  '#5f6600',
  '#2e7d32',
  '#00796b',
  '#00708f',
  '#1f5fbf',
  '#4a4fc4',
  '#7440b8',
  '#9c2f92',
  '#b02a5b',
] as const;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The same tone for the same name, everywhere and always (FNV-1a). @returns an index of `TONES` */
export function toneOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const octet of Buffer.from(name)) hash = Math.imul(hash ^ octet, 0x01000193) >>> 0;
  return hash % TONES.length;
}

/** The first letter of a name as a person sees it, which may be several code points. */
export function initialOf(name: string): string {
  const [first] = graphemes.segment(name.trim());
  return (first?.segment ?? '').toLocaleUpperCase('en');
}
