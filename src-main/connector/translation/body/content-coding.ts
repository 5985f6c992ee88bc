import type { Transform } from 'node:stream';
import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createDeflate,
  createDeflateRaw,
  createGunzip,
  createGzip,
  createInflate,
  createInflateRaw,
  createZstdCompress,
  createZstdDecompress,
} from 'node:zlib';
import type { ContentCoding } from './translated-head.ts';

/** A stream of node:zlib that can be told to give out what it has. */
export type Encoder = Transform & { flush(kind: number, callback?: () => void): void };

/** Decodes a body and encodes it again in the same way. */
export interface Coding {
  readonly decoder: Transform;
  readonly encoder: Encoder;
  /** The kind of flush that lets a reader decode all that came before it. */
  readonly flushKind: number;
}

const CHUNK_BYTES = 32_768;
/** Between the speed of a page that is made for each user and its size: what servers use for such. */
const GZIP_LEVEL = 5;
const BROTLI_QUALITY = 4;
/** 2^18 octets: an encoder's memory stays below 2 MiB, and pages seldom repeat themselves from further away. */
const BROTLI_WINDOW_BITS = 18;
const ZSTD_LEVEL = 3;
/** Largest window that a decoder takes, 8 MiB (RFC 9659); a frame that wants more is refused. */
const ZSTD_MAX_WINDOW_LOG = 23;

/** @param first the first octets of the body: `deflate` is zlib's format, but some servers send it without its header. */
export function makeCoding(coding: ContentCoding, first: Uint8Array): Coding {
  switch (coding) {
    case 'gzip':
      return {
        decoder: createGunzip({ chunkSize: CHUNK_BYTES }),
        encoder: createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK_BYTES }),
        flushKind: constants.Z_SYNC_FLUSH,
      };
    case 'deflate': {
      const isZlib = ((first[0] ?? 0) & 0x0f) === 0x08;
      return {
        decoder: (isZlib ? createInflate : createInflateRaw)({ chunkSize: CHUNK_BYTES }),
        encoder: (isZlib ? createDeflate : createDeflateRaw)({ level: GZIP_LEVEL, chunkSize: CHUNK_BYTES }),
        flushKind: constants.Z_SYNC_FLUSH,
      };
    }
    case 'br':
      return {
        decoder: createBrotliDecompress({ chunkSize: CHUNK_BYTES }),
        encoder: createBrotliCompress({
          chunkSize: CHUNK_BYTES,
          params: {
            [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
            [constants.BROTLI_PARAM_LGWIN]: BROTLI_WINDOW_BITS,
          },
        }),
        flushKind: constants.BROTLI_OPERATION_FLUSH,
      };
    case 'zstd':
      return {
        decoder: createZstdDecompress({
          chunkSize: CHUNK_BYTES,
          params: { [constants.ZSTD_d_windowLogMax]: ZSTD_MAX_WINDOW_LOG },
        }),
        encoder: createZstdCompress({
          chunkSize: CHUNK_BYTES,
          params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
        }),
        flushKind: constants.ZSTD_e_flush,
      };
  }
}
