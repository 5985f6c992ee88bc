import { TextDecoder } from 'node:util';
import {
  brotliDecompressSync,
  constants,
  inflateSync,
  inflateRawSync,
  unzipSync,
  type ZlibOptions,
  zstdDecompressSync,
} from 'node:zlib';
import type { BodiesView, BodyView, CapturedBodies, CapturedBody } from '../../../src-shared/connector/body-capture.ts';
import type { KeptHeader, TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import { hideSecrets } from './hide-secrets.ts';

/** What a compressed body may unfold to: far above what a person reads, far below what a bomb wants. */
const MAX_DECODED_BYTES = 4 * 1024 * 1024;
const SHOWN_CHARACTERS = 200_000;
const SHOWN_BINARY_BYTES = 512;
/** Octets that are looked at for whether a body is text. */
const PROBED_BYTES = 4096;
const TEXT_TYPE =
  /^(?:text\/|application\/(?:.*\+)?(?:json|xml|javascript|x-www-form-urlencoded|graphql|yaml)|image\/svg)/i;

/** Bodies as a person may read them: decompressed, as text where they are text, without its secrets. Never throws for what users sent. */
export function describeBodies({ request, response }: CapturedBodies, heads: TrafficHeads | null): BodiesView {
  return { request: describe(request, heads?.request ?? []), response: describe(response, heads?.response ?? []) };
}

function describe({ octets, totalBytes }: CapturedBody, headers: readonly KeptHeader[]): BodyView {
  if (octets.length === 0) return { kind: 'empty', text: '', totalBytes, isWhole: totalBytes === 0 };
  const isCut = octets.length < totalBytes;
  const decoded = decode(octets, valueOf(headers, 'content-encoding'));
  const type = valueOf(headers, 'content-type');
  if (!TEXT_TYPE.test(type) && !looksLikeText(decoded)) {
    const text = toHex(decoded.subarray(0, SHOWN_BINARY_BYTES));
    return { kind: 'binary', text, totalBytes, isWhole: !isCut && decoded.length <= SHOWN_BINARY_BYTES };
  }
  const text = makeDecoder(type).decode(decoded);
  return {
    kind: 'text',
    text: hideSecrets(text.slice(0, SHOWN_CHARACTERS), type),
    totalBytes,
    isWhole: !isCut && text.length <= SHOWN_CHARACTERS,
  };
}

/** What can't be decompressed stays as it is. */
function decode(octets: Uint8Array, codings: string): Uint8Array {
  // The end may be missing: what is there is given out all the same.
  const options: ZlibOptions = { maxOutputLength: MAX_DECODED_BYTES, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    switch (codings.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
        return unzipSync(octets, options);
      case 'deflate':
        // Some servers leave the frame away that the coding has.
        return (octets[0] ?? 0) % 16 === 8 ? inflateSync(octets, options) : inflateRawSync(octets, options);
      case 'br':
        return brotliDecompressSync(octets, {
          maxOutputLength: MAX_DECODED_BYTES,
          finishFlush: constants.BROTLI_OPERATION_FLUSH,
        });
      case 'zstd':
        return zstdDecompressSync(octets, { maxOutputLength: MAX_DECODED_BYTES, finishFlush: constants.ZSTD_e_flush });
      default:
        return octets;
    }
  } catch {
    return octets;
  }
}

function makeDecoder(type: string): TextDecoder {
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

function looksLikeText(octets: Uint8Array): boolean {
  const probe = octets.subarray(0, PROBED_BYTES);
  if (probe.some((octet) => octet < 9 || (octet > 13 && octet < 32 && octet !== 27))) return false;
  // A character may be cut in two at the end of the probe.
  return !new TextDecoder().decode(probe, { stream: true }).includes('\u{fffd}');
}

/** 16 octets a line. */
function toHex(octets: Uint8Array): string {
  const pairs = Array.from(octets, (octet) => octet.toString(16).padStart(2, '0'));
  const lines: string[] = [];
  for (let at = 0; at < pairs.length; at += 16) lines.push(pairs.slice(at, at + 16).join(' '));
  return lines.join('\n');
}

function valueOf(headers: readonly KeptHeader[], name: string): string {
  return headers.find((header) => header.name.toLowerCase() === name)?.value ?? '';
}
