const ESCAPE = /%([\da-f]{2})/gi;

/** Percent-decodes to octets, one character each: the form in which paths are compared at both ends. */
export function decodeOctets(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
