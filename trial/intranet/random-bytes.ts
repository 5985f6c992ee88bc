import { createCipheriv } from 'node:crypto';
import { Readable } from 'node:stream';

const CHUNK_BYTES = 64 * 1024;

/** `sizeBytes` of noise that does not compress and is the same at every call: an AES-CTR key stream. */
export function randomBytesStream(sizeBytes: number): Readable {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 0x50), Buffer.alloc(16));
  const zeros = Buffer.alloc(CHUNK_BYTES);
  let left = sizeBytes;
  return new Readable({
    highWaterMark: CHUNK_BYTES,
    read() {
      if (left === 0) {
        this.push(null);
        return;
      }
      const size = Math.min(left, CHUNK_BYTES);
      left -= size;
      this.push(cipher.update(zeros.subarray(0, size)));
    },
  });
}
