import type { LogoMediaType } from '../../src-shared/publishing/application-presentation.ts';

/** What a picture says of itself. */
export interface LogoImage {
  readonly mediaType: LogoMediaType;
  readonly width: number;
  readonly height: number;
  readonly isAnimated: boolean;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Reads the kind and size of a PNG (ISO/IEC 15948), JPEG (ITU-T T.81) or GIF (GIF89a) from its octets, whatever the sender
 * called it. Nothing is decoded, so a small file that unfolds to a huge picture costs nothing here.
 * @returns null where it is none of these, or broken before its size is said or its end reached
 */
export function readLogoImage(octets: Buffer): LogoImage | null {
  if (octets.subarray(0, 8).equals(PNG_SIGNATURE)) return readPng(octets);
  if (octets.length > 3 && octets.readUIntBE(0, 3) === 0xffd8ff) return readJpeg(octets);
  if (/^GIF8[79]a$/.test(octets.toString('latin1', 0, 6))) return readGif(octets);
  return null;
}

/** Chunks: length, name, data, checksum. */
function readPng(octets: Buffer): LogoImage | null {
  let size: { width: number; height: number } | null = null;
  let isAnimated = false;
  for (let at = 8; at + 12 <= octets.length;) {
    const length = octets.readUInt32BE(at);
    const name = octets.toString('latin1', at + 4, at + 8);
    if (at + 12 + length > octets.length) return null;
    if (size === null) {
      if (name !== 'IHDR' || length !== 13) return null;
      size = { width: octets.readUInt32BE(at + 8), height: octets.readUInt32BE(at + 12) };
    }
    if (name === 'acTL') isAnimated = true;
    at += 12 + length;
    if (name === 'IEND') return at === octets.length ? { mediaType: 'image/png', ...size, isAnimated } : null;
  }
  return null;
}

/** Segments: 0xFF, marker, length; the frame header (SOF) says the size. */
function readJpeg(octets: Buffer): LogoImage | null {
  if (octets.readUInt16BE(octets.length - 2) !== 0xffd9) return null;
  for (let at = 2; at + 9 <= octets.length;) {
    if (octets[at] !== 0xff) return null;
    const marker = octets[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // The picture's data, or its end, before any frame header.
    if (marker === 0xda || marker === 0xd9) return null;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [height, width] = [octets.readUInt16BE(at + 5), octets.readUInt16BE(at + 7)];
      return { mediaType: 'image/jpeg', width, height, isAnimated: false };
    }
    at += 2 + octets.readUInt16BE(at + 2);
  }
  return null;
}

/** A screen with colours, then blocks: 0x2C a frame, 0x21 an extension, 0x3B the end. */
function readGif(octets: Buffer): LogoImage | null {
  if (octets.length < 14) return null;
  const [width, height] = [octets.readUInt16LE(6), octets.readUInt16LE(8)];
  let at = 13 + coloursLength(octets[10] ?? 0);
  for (let frames = 0; at < octets.length;) {
    const kind = octets[at];
    if (kind === 0x3b) {
      const isWhole = frames > 0 && at === octets.length - 1;
      return isWhole ? { mediaType: 'image/gif', width, height, isAnimated: frames > 1 } : null;
    }
    if (kind === 0x2c) {
      frames += 1;
      at += 11 + coloursLength(octets[at + 9] ?? 0);
    } else if (kind === 0x21) {
      at += 2;
    } else {
      return null;
    }
    at = afterSubBlocks(octets, at);
  }
  return null;
}

function coloursLength(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}

/** Sub-blocks: a length and that many octets each, until a length of 0. */
function afterSubBlocks(octets: Buffer, start: number): number {
  let at = start;
  while (at < octets.length) {
    const length = octets[at] ?? 0;
    at += 1 + length;
    if (length === 0) break;
  }
  return at;
}
