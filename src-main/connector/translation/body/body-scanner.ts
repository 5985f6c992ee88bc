/**
 * Finds in a text that comes in pieces what has to be replaced, and keeps its state between them. Works on units: octets of
 * a body in an encoding that is ASCII below 0x80 (anything else has been masked, see `unit-reader.ts`).
 */
export interface BodyScanner {
  /**
   * Looks at `units[from, to)` and adds to its edits what has to change.
   * @param isLast whether the text ends at `to`.
   * @returns how far it got: what stands from there on has to come again, with more behind it. At `isLast` it is `to`. What
   *   is held back this way is at most `MAX_HELD_UNITS` and a few more.
   */
  scan(units: Buffer, from: number, to: number, isLast: boolean): number;
}

/** The longest value (style attribute, srcset) that is looked at as a whole; a longer one passes untouched. */
export const MAX_HELD_UNITS = 16_384;

/** How much of an address is looked at: what is published is named at its beginning. */
export const MAX_ADDRESS_UNITS = 4096;
