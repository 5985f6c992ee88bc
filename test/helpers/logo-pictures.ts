import { crc32, deflateSync } from 'node:zlib';

/** A PNG of one colour. @param extraChunk name of an empty chunk to put in, `acTL` for instance */
export function makePng(width: number, height: number, colour = '#2f5bd8', extraChunk?: string): Buffer {
  const rgb = Buffer.from(colour.slice(1), 'hex');
  const line = Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, () => rgb)]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...(extraChunk === undefined ? [] : [chunk(extraChunk, Buffer.alloc(8))]),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => line)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A GIF with this many frames of one pixel value each. */
export function makeGif(width: number, height: number, frames: number): Buffer {
  const screen = Buffer.from([0, 0, 0, 0, 0x80, 0, 0, 0x2f, 0x5b, 0xd8, 0xff, 0xff, 0xff]);
  screen.writeUInt16LE(width, 0);
  screen.writeUInt16LE(height, 2);
  // One pixel in the upper left corner: clear, colour 0, end.
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0]);
  const control = Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0]);
  const pictures = Array.from({ length: frames }, () => Buffer.concat([control, frame]));
  return Buffer.concat([Buffer.from('GIF89a'), screen, ...pictures, Buffer.from([0x3b])]);
}

/** The head and end of a JPEG, which is all that anybody looks at who does not show it. */
export function makeJpeg(width: number, height: number): Buffer {
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  const application = Buffer.from([0xff, 0xe0, 0, 4, 0x4a, 0x46]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), application, frame, Buffer.from([0xff, 0xda, 0, 2, 0, 0xff, 0xd9])]);
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}
