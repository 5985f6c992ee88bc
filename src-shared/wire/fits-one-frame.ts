import { MAX_FIELDS } from './fields.ts';
import { MAX_PAYLOAD_BYTES } from './frame.ts';

/** Room for the pseudo-fields of a head. */
const RESERVED_FIELDS = 16;
const RESERVED_BYTES = 256;
/** The most that the length and index of one text take in a block. */
const MAX_LENGTH_BYTES = 4;

/** Whether a flat list of fields can travel as one block, whatever its encoding: a larger one ends the tunnel. */
export function fitsOneFrame(fields: readonly string[]): boolean {
  if (fields.length > (MAX_FIELDS - RESERVED_FIELDS) * 2) return false;
  let bytes = 0;
  for (const text of fields) bytes += text.length + MAX_LENGTH_BYTES;
  return bytes <= MAX_PAYLOAD_BYTES - RESERVED_BYTES;
}
