import { octetsOf, readOctets } from './octets.ts';

/**
 * Texts that come again and again in messages (hosts, ids, addresses), one copy of each: a text that is kept holds on to no message,
 * and what is kept of many requests is shared by them.
 */
export class SharedTexts {
  readonly #maxTexts: number;
  readonly #maxLength: number;
  readonly #texts = new Map<string, string>();

  /** @param maxTexts what is kept at once; with one more all are forgotten, and kept again as they come */
  constructor(maxTexts: number, maxLength: number) {
    this.#maxTexts = maxTexts;
    this.#maxLength = maxLength;
  }

  /** @param text octets, one character each; may be a slice of a larger one */
  of(text: string): string {
    return this.#texts.get(text) ?? this.#add(text);
  }

  #add(text: string): string {
    const copy = readOctets(octetsOf(text), 0, text.length);
    if (text.length > this.#maxLength) return copy;
    if (this.#texts.size >= this.#maxTexts) this.#texts.clear();
    this.#texts.set(copy, copy);
    return copy;
  }
}
