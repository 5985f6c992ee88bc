import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** Names the folder in which tests keep what the programs logged, and the secrets that they used. */
export const TEST_LOGS_VARIABLE = 'POSTERN_TEST_LOGS';
/** Logs end in one, secrets in the other: a line of JSON each. */
export const LOG_SUFFIX = '.log';
export const SECRETS_SUFFIX = '.secrets';

/** A secret that a test used. */
const testSecretSchema = z.object({ kind: z.string(), value: z.string() });
export type TestSecret = z.infer<typeof testSecretSchema>;

/** A secret that stands in a log, without the secret. */
export interface LeakedSecret {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly kind: string;
}

export interface SecretSearch {
  readonly leaks: readonly LeakedSecret[];
  readonly logBytes: number;
  readonly secrets: number;
}

/** Shorter ones are found everywhere. */
const MIN_SECRET_LENGTH = 8;
/** Of a longer secret these many octets are looked for, in the middle and at the end: a log may cut, and tokens begin alike. */
const PIECE_LENGTH = 36;
const WINDOW = MIN_SECRET_LENGTH;
const MAX_LEAKS = 100;

/** Looks through the logs of a test run for the secrets that were used in it, as they are and in base64, hexadecimal and percent-encoding. */
export function findSecretsInLogs(folder: string): SecretSearch {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const secrets = new Map<string, string>();
  for (const file of files.filter((name) => name.endsWith(SECRETS_SUFFIX))) {
    for (const line of readFileSync(path.join(folder, file), 'utf8').split('\n')) {
      if (line === '') continue;
      const { kind, value } = testSecretSchema.parse(JSON.parse(line));
      if (value.length >= MIN_SECRET_LENGTH) secrets.set(value, kind);
    }
  }
  const patterns = new Patterns();
  for (const [value, kind] of secrets) for (const form of formsOf(value)) patterns.add(form, kind);
  const leaks: LeakedSecret[] = [];
  let logBytes = 0;
  for (const file of files.filter((name) => name.endsWith(LOG_SUFFIX))) {
    const text = readFileSync(path.join(folder, file));
    logBytes += text.length;
    const seen = new Set<string>();
    patterns.search(text, (kind, at) => {
      // Once for each kind and file: the first says enough.
      if (seen.has(kind) || leaks.length === MAX_LEAKS) return;
      seen.add(kind);
      leaks.push({ file, line: countLines(text, at), kind });
    });
  }
  return { leaks, logBytes, secrets: secrets.size };
}

/** The ways in which a secret, or a telling piece of it, may stand in a text. */
function formsOf(secret: string): Set<string> {
  const forms = new Set<string>();
  for (const piece of piecesOf(secret)) {
    const octets = Buffer.from(piece);
    const inJson = JSON.stringify(piece).slice(1, -1);
    for (const form of [piece, inJson, encodeURIComponent(piece), octets.toString('hex')]) forms.add(form);
    for (const encoding of ['base64', 'base64url'] as const) {
      // It may begin at any of three places within a group of base64: what its neighbours share is left out.
      for (const before of [0, 1, 2]) {
        const encoded = Buffer.concat([Buffer.alloc(before), octets])
          .toString(encoding)
          .replace(/=+$/, '');
        const isWhole = (before + octets.length) % 3 === 0;
        const whole = encoded.slice(before === 0 ? 0 : before + 1, isWhole ? undefined : -1);
        if (whole.length >= MIN_SECRET_LENGTH) forms.add(whole);
      }
    }
  }
  return forms;
}

function piecesOf(secret: string): string[] {
  if (secret.length <= 2 * PIECE_LENGTH) return [secret];
  const middle = (secret.length - PIECE_LENGTH) >> 1;
  return [secret.slice(middle, middle + PIECE_LENGTH), secret.slice(-PIECE_LENGTH)];
}

const BASE = 0x01000193;
const FILTER_BITS = 22;

/** Many texts looked for at once: a rolling hash over their first octets (Rabin and Karp), a bitmap in front of the table. */
class Patterns {
  readonly #byHash = new Map<number, { readonly octets: Buffer; readonly kind: string }[]>();
  readonly #filter = new Uint8Array(1 << (FILTER_BITS - 3));
  readonly #leaving = Array.from({ length: WINDOW }).reduce<number>((power) => Math.imul(power, BASE), 1);

  add(text: string, kind: string): void {
    const octets = Buffer.from(text);
    let hash = 0;
    for (let index = 0; index < WINDOW; index += 1) hash = (Math.imul(hash, BASE) + (octets[index] ?? 0)) | 0;
    const known = this.#byHash.get(hash);
    if (known === undefined) this.#byHash.set(hash, [{ octets, kind }]);
    else known.push({ octets, kind });
    const bit = hash >>> (32 - FILTER_BITS);
    this.#filter[bit >> 3] = (this.#filter[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  search(text: Buffer, onFound: (kind: string, at: number) => void): void {
    let hash = 0;
    for (let end = 0; end < text.length; end += 1) {
      hash = (Math.imul(hash, BASE) + (text[end] as number)) | 0;
      if (end >= WINDOW) hash = (hash - Math.imul(this.#leaving, text[end - WINDOW] as number)) | 0;
      const bit = hash >>> (32 - FILTER_BITS);
      if (((this.#filter[bit >> 3] as number) & (1 << (bit & 7))) === 0) continue;
      const at = end - WINDOW + 1;
      for (const { octets, kind } of this.#byHash.get(hash) ?? []) {
        if (at >= 0 && text.subarray(at, at + octets.length).equals(octets)) onFound(kind, at);
      }
    }
  }
}

function countLines(text: Buffer, end: number): number {
  let lines = 1;
  for (let at = text.indexOf(0x0a); at !== -1 && at < end; at = text.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}
