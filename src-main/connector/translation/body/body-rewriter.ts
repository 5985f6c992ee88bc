import type { BodyScanner } from './body-scanner.ts';
import { detectEncoding } from './detect-encoding.ts';
import type { Edits } from './edits.ts';
import { makeUnitReader, type UnitReader } from './unit-reader.ts';

const NOTHING: Buffer = Buffer.alloc(0);

export interface BodyRewriterOptions {
  readonly kind: 'html' | 'css' | 'script';
  /** The `charset` of `Content-Type`, null where it has none. */
  readonly charset: string | null;
  readonly scanner: BodyScanner;
  /** The scanner's. */
  readonly edits: Edits;
}

/** Rewrites a body piece by piece. What isn't replaced goes on as the very octets that came. */
export class BodyRewriter {
  readonly #options: BodyRewriterOptions;
  #reader: UnitReader | null = null;
  /** What has come and can't go on yet, and its units. */
  #held: Buffer = NOTHING;
  #heldUnits: Buffer = NOTHING;

  constructor(options: BodyRewriterOptions) {
    this.#options = options;
  }

  /** Takes the next piece, which must not change any more. @returns what can go on; empty where nothing can yet. */
  push(piece: Buffer): Buffer {
    return this.#push(piece, false);
  }

  /** The body is whole. @returns the rest of it. */
  end(): Buffer {
    return this.#push(NOTHING, true);
  }

  #push(piece: Buffer, isLast: boolean): Buffer {
    const octets = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    this.#reader ??= this.#makeReader(octets, isLast);
    if (this.#reader === null) {
      this.#held = octets;
      return NOTHING;
    }
    const { scanner, edits } = this.#options;
    const units = this.#unitsOf(octets, this.#reader);
    edits.clear();
    const consumed = scanner.scan(units, 0, units.length, isLast);
    const end = isLast ? octets.length : consumed * this.#reader.width;
    this.#held = end === octets.length ? NOTHING : octets.subarray(end);
    this.#heldUnits = units.subarray(consumed);
    return withEdits(octets, end, edits, this.#reader);
  }

  #makeReader(octets: Buffer, isLast: boolean): UnitReader | null {
    const encoding = detectEncoding(octets, this.#options.charset, this.#options.kind, isLast);
    return encoding === undefined ? null : makeUnitReader(encoding);
  }

  #unitsOf(octets: Buffer, reader: UnitReader): Buffer {
    const known = this.#heldUnits;
    const fresh = known.length === 0 ? octets : octets.subarray(known.length * reader.width);
    const units = reader.read(fresh);
    if (units === fresh) return octets;
    return known.length === 0 ? units : Buffer.concat([known, units]);
  }
}

/** `octets[0, end)` with its replacements made. */
function withEdits(octets: Buffer, end: number, edits: Edits, reader: UnitReader): Buffer {
  const { count, starts, ends, texts } = edits;
  if (count === 0) return end === octets.length ? octets : octets.subarray(0, end);
  let length = end;
  for (let index = 0; index < count; index += 1) {
    const removed = (ends[index] as number) - (starts[index] as number);
    length += ((texts[index] as string).length - removed) * reader.width;
  }
  const result = Buffer.allocUnsafe(length);
  let from = 0;
  let to = 0;
  let text = '';
  let encoded = NOTHING;
  for (let index = 0; index < count; index += 1) {
    to += octets.copy(result, to, from, (starts[index] as number) * reader.width);
    // Most replacements of a page are the same.
    if (texts[index] !== text) {
      text = texts[index] as string;
      encoded = reader.encode(text);
    }
    to += encoded.copy(result, to);
    from = (ends[index] as number) * reader.width;
  }
  octets.copy(result, to, from, end);
  return result;
}
