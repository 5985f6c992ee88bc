/** Stands for a unit that is no ASCII character, whatever its octets. */
const MASK = 0x80;
const ESCAPE = 0x1b;

/**
 * Gives a body's octets as units in which everything below 0x80 is the ASCII character that it looks like, so that one
 * scanner reads every encoding. Keeps its place between pieces.
 */
export interface UnitReader {
  /** Octets of a unit. */
  readonly width: 1 | 2;
  /** The units of the next octets; the octets themselves where they are good as they are. */
  read(octets: Buffer): Buffer;
  /** The octets of a replacement, which is ASCII. */
  encode(text: string): Buffer;
}

const asAscii = (text: string): Buffer => Buffer.from(text, 'latin1');

/** UTF-8, windows-125x, ISO-8859, EUC and all others whose ASCII octets mean ASCII. */
const AS_THEY_ARE: UnitReader = { width: 1, read: (octets) => octets, encode: asAscii };

/** UTF-16; an odd octet at the end of a piece is the caller's to bring again. */
class WideReader implements UnitReader {
  readonly width = 2;
  readonly #low: number;

  constructor(isLittleEndian: boolean) {
    this.#low = isLittleEndian ? 0 : 1;
  }

  read(octets: Buffer): Buffer {
    const units = Buffer.allocUnsafe(octets.length >> 1);
    for (let index = 0; index < units.length; index += 1) {
      const low = octets[index * 2 + this.#low] as number;
      const high = octets[index * 2 + 1 - this.#low] as number;
      units[index] = high === 0 ? low : MASK;
    }
    return units;
  }

  encode(text: string): Buffer {
    const octets = Buffer.from(text, 'utf16le');
    return this.#low === 0 ? octets : octets.swap16();
  }
}

/** Shift_JIS, Big5, GBK and GB18030: the second octet of a character may look like ASCII. */
class TrailMaskingReader implements UnitReader {
  readonly width = 1;
  readonly encode = asAscii;
  readonly #isLead: (octet: number) => boolean;
  #isAfterLead = false;

  constructor(isLead: (octet: number) => boolean) {
    this.#isLead = isLead;
  }

  read(octets: Buffer): Buffer {
    const units = Buffer.from(octets);
    let isAfterLead = this.#isAfterLead;
    for (let index = 0; index < units.length; index += 1) {
      const octet = units[index] as number;
      if (!isAfterLead) {
        isAfterLead = octet > MASK && this.#isLead(octet);
      } else {
        // Below 0x40 is never a second octet but of GB18030, where it is a digit; a lead octet without its second is an error.
        if (octet >= 0x40) units[index] = MASK;
        isAfterLead = false;
      }
    }
    this.#isAfterLead = isAfterLead;
    return units;
  }
}

/** ISO-2022-JP: between `ESC $` and `ESC (` every octet is half a character. */
class ShiftedReader implements UnitReader {
  readonly width = 1;
  readonly encode = asAscii;
  #isShifted = false;
  #isAfterEscape = false;

  read(octets: Buffer): Buffer {
    const units = Buffer.from(octets);
    for (let index = 0; index < units.length; index += 1) {
      const octet = units[index] as number;
      if (this.#isAfterEscape) {
        this.#isAfterEscape = false;
        if (octet === 0x24) this.#isShifted = true;
        else if (octet === 0x28) this.#isShifted = false;
        units[index] = MASK;
      } else if (octet === ESCAPE) {
        this.#isAfterEscape = true;
      } else if (this.#isShifted) {
        units[index] = MASK;
      }
    }
    return units;
  }
}

const isShiftJisLead = (octet: number): boolean => octet < 0xa0 || (octet > 0xdf && octet < 0xfd);
const isDoubleByteLead = (octet: number): boolean => octet < 0xff;

/** Labels of the encodings that need reading (Encoding Standard, section 4.2). */
const READERS: readonly (readonly [labels: RegExp, make: () => UnitReader])[] = [
  [/^(?:utf-16|utf-16le|unicode|ucs-2|iso-10646-ucs-2|csunicode|unicodefeff)$/, () => new WideReader(true)],
  [/^(?:utf-16be|unicodefffe)$/, () => new WideReader(false)],
  [
    /^(?:shift[_-]jis|x-sjis|sjis|ms_kanji|csshiftjis|windows-31j|ms932)$/,
    () => new TrailMaskingReader(isShiftJisLead),
  ],
  [
    /^(?:gbk|gb18030|gb2312|gb_2312|gb_2312-80|chinese|x-gbk|csgb2312|iso-ir-58|csiso58gb231280|big5|big5-hkscs|cn-big5|csbig5|x-x-big5)$/,
    () => new TrailMaskingReader(isDoubleByteLead),
  ],
  [/^(?:iso-2022-jp|csiso2022jp)$/, () => new ShiftedReader()],
];

/** What reads bodies in an encoding, by any of its labels; null: none is known. */
export function makeUnitReader(label: string | null): UnitReader {
  const name = label?.trim().toLowerCase() ?? '';
  for (const [labels, make] of READERS) if (labels.test(name)) return make();
  return AS_THEY_ARE;
}
