/**
 * Names that a header block sends as one octet: the index into this table, counted from 1, for the spelling written
 * here, and the same with bit 0x40 set for the all-lower-case spelling. Entries are never moved or removed; new ones go
 * to the end, up to 63.
 * @internal exported for its test
 */
export const STATIC_NAMES = [
  ':method',
  ':target',
  ':scheme',
  ':authority',
  ':application',
  ':activity-id',
  ':remote-address',
  ':user-id',
  ':user-name',
  ':upgrade',
  ':status',
  'Host',
  'User-Agent',
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Cookie',
  'Referer',
  'Origin',
  'Content-Type',
  'Content-Length',
  'Content-Encoding',
  'Content-Disposition',
  'Content-Language',
  'Content-Security-Policy',
  'Cache-Control',
  'Pragma',
  'Expires',
  'Date',
  'Server',
  'ETag',
  'Last-Modified',
  'If-None-Match',
  'If-Modified-Since',
  'If-Match',
  'Range',
  'Accept-Ranges',
  'Content-Range',
  'Location',
  'Set-Cookie',
  'Vary',
  'Authorization',
  'WWW-Authenticate',
  'Upgrade-Insecure-Requests',
  'X-Requested-With',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'Forwarded',
  'X-Postern-Activity-Id',
  'Traceparent',
  'Sec-Fetch-Site',
  'Sec-Fetch-Mode',
  'Sec-Fetch-Dest',
  'Sec-Fetch-User',
  'Strict-Transport-Security',
  'X-Content-Type-Options',
  'X-Frame-Options',
  'Access-Control-Allow-Origin',
  'Connection',
  'Upgrade',
  'Priority',
] as const;

/** Set in an index: the name is spelt in lower case. */
const LOWER_CASE_BIT = 0x40;

const INDEX_BY_NAME = new Map<string, number>();
const NAME_BY_INDEX: (string | undefined)[] = [];
for (const [position, name] of STATIC_NAMES.entries()) {
  const index = position + 1;
  const lower = name.toLowerCase();
  INDEX_BY_NAME.set(name, index);
  if (lower !== name) INDEX_BY_NAME.set(lower, index | LOWER_CASE_BIT);
  NAME_BY_INDEX[index] = name;
  NAME_BY_INDEX[index | LOWER_CASE_BIT] = lower;
}

/** The index octet of a name in exactly this spelling, or 0. */
export function staticIndexOf(name: string): number {
  return INDEX_BY_NAME.get(name) ?? 0;
}

/** The name behind an index octet, or undefined. */
export function staticNameAt(index: number): string | undefined {
  return NAME_BY_INDEX[index];
}
