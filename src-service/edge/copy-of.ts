/**
 * The same text with memory of its own: what was cut out of a head keeps all of that head in memory.
 * @param text one character per octet
 */
export function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
