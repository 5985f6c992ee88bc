import { EDGE_LIMITS } from './limits.ts';

/** Octets of a header line beside its name and value: colon, space and line end. */
const LINE_OVERHEAD_BYTES = 4;

/**
 * Whether the headers of a request are within their limits (B32). The parsers let somewhat more through, so that a page can
 * say what is wrong; none of them drops a header in silence, since one that the edge did not see might be the one that counts.
 * @param rawHeaders `name, value, name, value…`, in the shape of HTTP/1.1
 */
export function isWithinHeaderLimits(rawHeaders: readonly string[]): boolean {
  const count = rawHeaders.length / 2;
  if (count > EDGE_LIMITS.maxHeaderCount) return false;
  let bytes = count * LINE_OVERHEAD_BYTES;
  for (const text of rawHeaders) bytes += text.length;
  return bytes <= EDGE_LIMITS.maxHeaderBytes;
}
