import { encodeFields } from './fields.ts';

/**
 * The canary (docs/tunnel-protocol.md, "Canary"): a request of the service to the connector itself. It takes the way of
 * every request, so that a connector that holds its socket but forwards nothing any more is noticed.
 */

/** The feature that both sides name when the service may send canaries. */
export const CANARY_FEATURE = 'canary';

const CANARY_NAME = ':canary';
/** A canary's block begins with the literal name; only the value, and what is behind it, may differ. */
const CANARY_PREFIX = encodeFields([CANARY_NAME, '']).subarray(0, -1);

/** The most octets that a connector answers to; a longer canary is refused. */
export const MAX_CANARY_BYTES = 1024;

/** The header block that opens a canary's stream. */
export function encodeCanaryHead(): Uint8Array {
  return encodeFields([CANARY_NAME, '1']);
}

/** Whether a stream's opening block is a canary's. Costs one comparison for any other request. */
export function isCanaryHead(block: Uint8Array): boolean {
  for (let index = 0; index < CANARY_PREFIX.length; index += 1) if (block[index] !== CANARY_PREFIX[index]) return false;
  return true;
}
