/** Replacements in one piece of a body, in ascending order and without overlap. Positions count the scanner's units. */
export class Edits {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly texts: string[] = [];

  get count(): number {
    return this.starts.length;
  }

  add(start: number, end: number, text: string): void {
    this.starts.push(start);
    this.ends.push(end);
    this.texts.push(text);
  }

  clear(): void {
    this.starts.length = 0;
    this.ends.length = 0;
    this.texts.length = 0;
  }
}
