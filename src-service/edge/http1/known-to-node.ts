import { METHODS } from 'node:http';

const KNOWN: ReadonlySet<string> = new Set(METHODS);
/** What the service takes for a method at the beginning of a request (`readRequestHead`). */
const METHOD = /^[A-Z][A-Z\d_-]{0,23}(?= \/)/;
const MAX_METHOD_BYTES = 24;
const STAND_IN = Buffer.from('POST');

/** A request as node:http can be told of it. */
export interface ToldRequest {
  readonly octets: Buffer;
  /** Its method, where node:http knows it not and is told another one; null where the octets are as they came. */
  readonly method: string | null;
}

/**
 * Puts a method that node:http knows in the place of one that it does not (ADR 0051): how a message is framed depends on no method of
 * that sort.
 */
export function knownToNode(octets: Buffer): ToldRequest {
  const [method = null] = METHOD.exec(octets.toString('latin1', 0, MAX_METHOD_BYTES + 2)) ?? [];
  if (method === null || KNOWN.has(method)) return { octets, method: null };
  return { octets: Buffer.concat([STAND_IN, octets.subarray(method.length)]), method };
}
