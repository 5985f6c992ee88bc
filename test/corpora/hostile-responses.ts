/**
 * What a backend may write that is no proper response, or more than one. Whatever it is, the next user's answer is its own.
 *
 * - `refused`: 502 with a page of ours.
 * - `cut`: the head went on; the rest is cut off, so that nobody takes it for a whole one.
 * - `read`: there is one way to read it.
 */
export interface HostileResponse {
  readonly what: string;
  readonly method?: string;
  /** One character an octet. */
  readonly octets: string;
  readonly outcome: 'refused' | 'cut' | 'read';
  /** Where undici, which may stand in for our own client, does otherwise. */
  readonly outcomeByUndici?: 'refused';
  /** Body that the user gets of one that is `read`. */
  readonly body?: string;
  /** Whether the backend ends its connection behind it. */
  readonly ends?: boolean;
}

const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
const CHUNKED = 'Transfer-Encoding: chunked';

function ok(lines: readonly string[], rest: string): string {
  return ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n') + rest;
}

export const HOSTILE_RESPONSES: readonly HostileResponse[] = [
  { what: 'CL and TE', outcome: 'refused', octets: ok(['Content-Length: 2', CHUNKED], '2\r\nok\r\n0\r\n\r\n') },
  { what: 'TE and CL', outcome: 'refused', octets: ok([CHUNKED, 'Content-Length: 2'], '2\r\nok\r\n0\r\n\r\n') },
  { what: 'two lengths', outcome: 'refused', octets: ok(['Content-Length: 2', 'Content-Length: 3'], 'ok') },
  { what: 'a list of lengths', outcome: 'refused', octets: ok(['Content-Length: 2, 2'], 'ok') },
  { what: 'a length with a plus', outcome: 'refused', octets: ok(['Content-Length: +2'], 'ok') },
  { what: 'a length beyond 2^64', outcome: 'refused', octets: ok(['Content-Length: 18446744073709551618'], 'ok') },
  {
    what: 'a bare LF between headers',
    outcome: 'refused',
    octets: ok(['X: a\nSet-Cookie: b=c', 'Content-Length: 2'], 'ok'),
  },
  {
    what: 'a head whose lines all end in LF, and poison behind its body,',
    outcome: 'read',
    outcomeByUndici: 'refused',
    body: 'ok',
    octets: `HTTP/1.1 200 OK\nContent-Length: 2\n\nok${POISON}`,
  },
  {
    what: 'a head of LF with CR LF in it',
    outcome: 'refused',
    octets: 'HTTP/1.1 200 OK\nX: a\r\nSet-Cookie: b=c\nContent-Length: 2\n\nok',
  },
  {
    what: 'a head of LF with chunks',
    outcome: 'refused',
    octets: `HTTP/1.1 200 OK\n${CHUNKED}\n\n2\r\nok\r\n0\r\n\r\n`,
  },
  {
    what: 'a bare CR in a value',
    outcome: 'refused',
    octets: ok(['X: a\rSet-Cookie: b=c', 'Content-Length: 2'], 'ok'),
  },
  { what: 'NUL in a value', outcome: 'refused', octets: ok(['X: a\0b', 'Content-Length: 2'], 'ok') },
  {
    what: 'a folded value, and poison behind the body,',
    outcome: 'read',
    outcomeByUndici: 'refused',
    body: 'ok',
    octets: ok(['X: a', ' Set-Cookie: b=c', 'Content-Length: 2'], `ok${POISON}`),
  },
  { what: 'a folded length', outcome: 'refused', octets: ok(['Content-Length: 2', ' 0'], 'ok') },
  { what: 'a fold behind the status', outcome: 'refused', octets: ok([' X: a', 'Content-Length: 2'], 'ok') },
  {
    what: 'a space before a colon, and poison behind the body,',
    outcome: 'read',
    outcomeByUndici: 'refused',
    body: 'ok',
    octets: ok(['Content-Length : 2'], `ok${POISON}`),
  },
  {
    what: 'a space before a colon, and another length',
    outcome: 'refused',
    octets: ok(['Content-Length : 2', 'Content-Length: 8'], `ok${POISON}`),
  },
  {
    what: 'the same length twice',
    outcome: 'read',
    outcomeByUndici: 'refused',
    body: 'ok',
    octets: ok(['Content-Length: 2', 'content-length: 2'], `ok${POISON}`),
  },
  { what: 'no HTTP at all', outcome: 'refused', octets: '\x16\x03\x01 hello\r\n\r\n', ends: true },
  { what: 'HTTP/0.9', outcome: 'refused', octets: '<html>hello</html>', ends: true },
  { what: 'a status of two digits', outcome: 'refused', octets: 'HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok' },
  {
    what: 'a 101 that nobody asked for',
    outcome: 'refused',
    octets: `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n${POISON}`,
  },
  {
    what: 'a 100 that nobody asked for',
    outcome: 'read',
    outcomeByUndici: 'refused',
    body: 'ok',
    octets: `HTTP/1.1 100 Continue\r\n\r\n${ok(['Content-Length: 2'], 'ok')}`,
  },
  {
    what: 'a thousand 100',
    outcome: 'refused',
    octets: 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000) + ok(['Content-Length: 2'], 'ok'),
  },
  {
    what: 'a thousand 103',
    outcome: 'refused',
    octets: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(1000) + ok(['Content-Length: 2'], 'ok'),
  },
  {
    what: 'a second response behind the first',
    outcome: 'read',
    body: 'ok',
    octets: ok(['Content-Length: 2'], `ok${POISON}`),
  },
  {
    what: 'a second response behind chunks',
    outcome: 'read',
    body: 'ok',
    octets: ok([CHUNKED], `2\r\nok\r\n0\r\n\r\n${POISON}`),
  },
  {
    what: 'a second response behind a 204',
    outcome: 'read',
    body: '',
    octets: `HTTP/1.1 204 No Content\r\n\r\n${POISON}`,
  },
  {
    what: 'a body of a 204',
    outcome: 'read',
    body: '',
    octets: `HTTP/1.1 204 No Content\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`,
  },
  {
    what: 'a body of a 304',
    outcome: 'read',
    body: '',
    octets: `HTTP/1.1 304 Not Modified\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`,
  },
  {
    what: 'a body of an answer to HEAD',
    method: 'HEAD',
    outcome: 'read',
    body: '',
    octets: ok([`Content-Length: ${POISON.length}`], POISON),
  },
  {
    what: 'half a second response',
    outcome: 'read',
    body: 'ok',
    octets: ok(['Content-Length: 2'], 'okHTTP/1.1 200 OK\r\nX: '),
  },
  { what: 'a line break behind the body', outcome: 'read', body: 'ok', octets: ok(['Content-Length: 2'], 'ok\r\n') },
  {
    what: 'a body that ends with the connection',
    outcome: 'read',
    body: 'ok',
    octets: ok(['Connection: close'], 'ok'),
    ends: true,
  },
  { what: 'fewer octets than it says', outcome: 'cut', octets: ok(['Content-Length: 9'], 'ok'), ends: true },
  {
    what: 'fewer octets than it says, with close',
    outcome: 'cut',
    octets: ok(['Content-Length: 9', 'Connection: close'], 'ok'),
    ends: true,
  },
  { what: 'chunks without their end', outcome: 'cut', octets: ok([CHUNKED], '2\r\nok\r\n'), ends: true },
  {
    what: 'chunks without their end, with close',
    outcome: 'cut',
    octets: ok([CHUNKED, 'Connection: close'], '2\r\nok\r\n'),
    ends: true,
  },
  {
    what: 'half a chunk, with close',
    outcome: 'cut',
    octets: ok([CHUNKED, 'Connection: close'], '9\r\nok'),
    ends: true,
  },
  { what: 'a size that is none', outcome: 'cut', octets: ok([CHUNKED], '2\r\nok\r\nzz\r\n') },
  { what: 'a chunk longer than its size', outcome: 'cut', octets: ok([CHUNKED], '2\r\nokXX0\r\n\r\n') },
  { what: 'a size line that ends in a bare LF', outcome: 'cut', octets: ok([CHUNKED], '2\nok\r\n0\r\n\r\n') },
];
