import {
  CHARACTER_CLASSES,
  ENDS_TAG_NAME,
  EXCLAMATION,
  GREATER_THAN,
  HYPHEN,
  LESS_THAN,
  SLASH,
  startsWithIgnoringCase,
} from './characters.ts';

const SCRIPT = 'script';

/**
 * Finds where the content of a `<script>` ends. Within `<!-- … -->` a nested `<script>` hides the next `</script>` (HTML
 * Standard, sections 13.2.5.18 to 13.2.5.31).
 */
export class ScriptEnd {
  #state: 'plain' | 'escaped' | 'doubleEscaped' = 'plain';

  reset(): void {
    this.#state = 'plain';
  }

  /** Where `</script` begins that ends the content; `~index` where all up to `index` is content and more must be seen. */
  find(units: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at += 1) {
      const unit = units[at];
      if (unit === LESS_THAN) {
        if (at + 1 === to) return ~at;
        const next = units[at + 1];
        if (next === EXCLAMATION) {
          if (this.#state !== 'plain') continue;
          if (at + 3 >= to) return ~at;
          // The two hyphens may be those of `-->` as well.
          if (units[at + 2] === HYPHEN && units[at + 3] === HYPHEN) this.#state = 'escaped';
          at += 1;
          continue;
        }
        const isEndTag = next === SLASH;
        if (!isEndTag && this.#state !== 'escaped') continue;
        const nameStart = at + (isEndTag ? 2 : 1);
        const length = Math.min(SCRIPT.length, to - nameStart);
        if (!startsWithIgnoringCase(units, nameStart, SCRIPT.slice(0, length))) continue;
        if (nameStart + SCRIPT.length >= to) return ~at;
        if (((CHARACTER_CLASSES[units[nameStart + SCRIPT.length] as number] as number) & ENDS_TAG_NAME) === 0) continue;
        if (!isEndTag) this.#state = 'doubleEscaped';
        else if (this.#state === 'doubleEscaped') this.#state = 'escaped';
        else return at;
      } else if (unit === HYPHEN && this.#state !== 'plain') {
        if (at + 2 >= to) return ~at;
        if (units[at + 1] === HYPHEN && units[at + 2] === GREATER_THAN) this.#state = 'plain';
      }
    }
    return ~to;
  }
}
