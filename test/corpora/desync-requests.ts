/**
 * Requests over HTTP/1.1 whose framing or shape two servers could read differently (RFC 9112 section 11, CWE-444). Behind each
 * the test sends an ordinary request, `GET /smuggled`, on the same connection.
 *
 * - `refused`: 4xx, the connection ends, no octet reaches a backend.
 * - `cut`: the head was fine and its body is not. The connection ends, and no backend gets the request whole.
 * - `read`: there is one way to read it, so it arrives, rewritten in the plainest form, and the one behind it is answered too.
 * - `last`: the same, but the connection ends with its answer.
 */
export interface DesyncRequest {
  readonly what: string;
  /** One character an octet; `HOST` stands for the application's. */
  readonly octets: string;
  readonly outcome: 'refused' | 'cut' | 'read' | 'last';
  /** Body that the backend sees of one that is `read` or `last`. */
  readonly body?: string;
}

/** A POST with these header lines, each without its line end, and what follows the head. */
function post(what: string, outcome: DesyncRequest['outcome'], lines: readonly string[], rest = '', body?: string) {
  const octets = ['POST /first HTTP/1.1', 'Host: HOST', ...lines, '', ''].join('\r\n') + rest;
  return { what, outcome, octets, ...(body !== undefined && { body }) };
}

/** A whole head as it stands, its line ends included. */
function head(what: string, outcome: DesyncRequest['outcome'], octets: string): DesyncRequest {
  return { what, outcome, octets, ...(outcome === 'read' && { body: '' }) };
}

const CHUNKED = 'Transfer-Encoding: chunked';
const HELLO = '5\r\nhello\r\n0\r\n\r\n';

const LENGTHS: readonly DesyncRequest[] = [
  post('CL.TE', 'refused', ['Content-Length: 6', CHUNKED], '0\r\n\r\nG'),
  post('TE.CL', 'refused', [CHUNKED, 'Content-Length: 4'], '5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n'),
  post('TE and an empty Content-Length', 'refused', [CHUNKED, 'Content-Length:'], HELLO),
  post('two lengths that differ', 'refused', ['Content-Length: 5', 'Content-Length: 6'], 'hello!'),
  post('the same length twice', 'refused', ['Content-Length: 5', 'Content-Length: 5'], 'hello'),
  post('a list of lengths', 'refused', ['Content-Length: 5, 5'], 'hello'),
  post('a list of lengths that differ', 'refused', ['Content-Length: 0, 5'], 'hello'),
  post('a length with a plus', 'refused', ['Content-Length: +5'], 'hello'),
  post('a length with a minus', 'refused', ['Content-Length: -5'], 'hello'),
  post('a length in hex', 'refused', ['Content-Length: 0x5'], 'hello'),
  post('a length with an exponent', 'refused', ['Content-Length: 5e0'], 'hello'),
  post('a length with a fraction', 'refused', ['Content-Length: 5.0'], 'hello'),
  post('a length with a space inside', 'refused', ['Content-Length: 5 5'], 'hello'),
  post('a length with a unit', 'refused', ['Content-Length: 5b'], 'hello'),
  post('a length in quotes', 'refused', ['Content-Length: "5"'], 'hello'),
  post('an empty length', 'refused', ['Content-Length: ']),
  post('a length beyond 2^64', 'refused', ['Content-Length: 18446744073709551621'], 'hello'),
  post('a length with a vertical tab', 'refused', ['Content-Length: \v5'], 'hello'),
  post('a length with NUL', 'refused', ['Content-Length: 5\0'], 'hello'),
  post('a length with octets of other digits', 'refused', ['Content-Length: \xd9\xa5'], 'hello'),
  post('leading zeros, which mean nothing', 'read', ['Content-Length: 0005'], 'hello', 'hello'),
  post('spaces and tabs around a length', 'read', ['Content-Length: \t 5 \t'], 'hello', 'hello'),
  post('a length in the spelling of CGI', 'read', ['Content_Length: 5'], '', ''),
];

const CODINGS: readonly DesyncRequest[] = [
  post('xchunked', 'refused', ['Transfer-Encoding: xchunked'], HELLO),
  post('chunked, identity', 'refused', ['Transfer-Encoding: chunked, identity'], HELLO),
  post('identity, chunked', 'refused', ['Transfer-Encoding: identity, chunked'], HELLO),
  post('identity', 'refused', ['Transfer-Encoding: identity', 'Content-Length: 5'], 'hello'),
  post('gzip', 'refused', ['Transfer-Encoding: gzip'], HELLO),
  post('gzip, chunked: a coding that nobody takes off', 'refused', ['Transfer-Encoding: gzip, chunked'], HELLO),
  post('chunked twice', 'refused', ['Transfer-Encoding: chunked, chunked'], HELLO),
  post('two fields', 'refused', [CHUNKED, CHUNKED], HELLO),
  post('two fields, the second unknown', 'refused', [CHUNKED, 'Transfer-Encoding: cow'], HELLO),
  post('two fields, the first unknown', 'refused', ['Transfer-Encoding: cow', CHUNKED], HELLO),
  post('chunked with a parameter', 'refused', ['Transfer-Encoding: chunked;q=1'], HELLO),
  post('chunked in quotes', 'refused', ['Transfer-Encoding: "chunked"'], HELLO),
  post('a comma before chunked', 'refused', ['Transfer-Encoding: ,chunked'], HELLO),
  post('a comma behind chunked', 'refused', ['Transfer-Encoding: chunked,'], HELLO),
  post('an empty coding', 'refused', ['Transfer-Encoding:', 'Content-Length: 5'], 'hello'),
  post('a vertical tab before chunked', 'refused', ['Transfer-Encoding: \vchunked'], HELLO),
  post('a form feed behind chunked', 'refused', ['Transfer-Encoding: chunked\f'], HELLO),
  post('NUL behind chunked', 'refused', ['Transfer-Encoding: chunked\0'], HELLO),
  post('a no-break space before chunked', 'refused', ['Transfer-Encoding: \xa0chunked'], HELLO),
  post('a space before the colon', 'refused', ['Transfer-Encoding : chunked', 'Content-Length: 5'], 'hello'),
  post('a tab before the colon', 'refused', ['Transfer-Encoding\t: chunked', 'Content-Length: 5'], 'hello'),
  post('a folded value', 'refused', ['Transfer-Encoding:', ' chunked'], HELLO),
  post('a folded value with a tab', 'refused', ['Transfer-Encoding:', '\tchunked', 'Content-Length: 5'], 'hello'),
  post(
    'folded into the field before',
    'refused',
    ['X-A: b', ' Transfer-Encoding: chunked', 'Content-Length: 5'],
    'hello',
  ),
  post('a space before the name', 'refused', [' Transfer-Encoding: chunked', 'Content-Length: 5'], 'hello'),
  post('behind a bare CR', 'refused', ['X-A: b\rTransfer-Encoding: chunked', 'Content-Length: 5'], 'hello'),
  post('behind a bare LF', 'refused', ['X-A: b\nTransfer-Encoding: chunked', 'Content-Length: 5'], 'hello'),
  post('behind LF CR', 'refused', ['X-A: b\n\rTransfer-Encoding: chunked', 'Content-Length: 5'], 'hello'),
  post('a name with an accent', 'refused', ['Transfer-Encod\xedng: chunked', 'Content-Length: 5'], 'hello'),
  post('a name in the spelling of CGI', 'read', ['Transfer_Encoding: chunked', 'Content-Length: 5'], 'hello', 'hello'),
  post('another spelling of the one coding', 'read', ['transfer-ENCODING:  \tChunKed '], HELLO, 'hello'),
];

const CHUNKS: readonly DesyncRequest[] = [
  post('an extension', 'read', [CHUNKED], '5;a=b\r\nhello\r\n0;c="d;e"\r\n\r\n', 'hello'),
  post('leading zeros of a size', 'read', [CHUNKED], '0005\r\nhello\r\n0\r\n\r\n', 'hello'),
  post('a size in capitals', 'read', [CHUNKED], 'A\r\nhello12345\r\n0\r\n\r\n', 'hello12345'),
  post('a last chunk of many zeros', 'read', [CHUNKED], '5\r\nhello\r\n00000\r\n\r\n', 'hello'),
  post('a trailer', 'read', [CHUNKED], '5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n', 'hello'),
  post('a size beyond 2^64', 'cut', [CHUNKED], '10000000000000005\r\nhello\r\n0\r\n\r\n'),
  post('a size with 0x', 'cut', [CHUNKED], '0x5\r\nhello\r\n0\r\n\r\n'),
  post('a size with a plus', 'cut', [CHUNKED], '+5\r\nhello\r\n0\r\n\r\n'),
  post('a size with a minus', 'cut', [CHUNKED], '-5\r\nhello\r\n0\r\n\r\n'),
  post('an empty size', 'cut', [CHUNKED], '\r\nhello\r\n0\r\n\r\n'),
  post('a size that is none', 'cut', [CHUNKED], 'xyz\r\nhello\r\n0\r\n\r\n'),
  post('a space before a size', 'cut', [CHUNKED], ' 5\r\nhello\r\n0\r\n\r\n'),
  post('a space behind a size', 'cut', [CHUNKED], '5 \r\nhello\r\n0\r\n\r\n'),
  post('a size line that ends in a bare LF', 'cut', [CHUNKED], '5\nhello\r\n0\r\n\r\n'),
  post('a size line that ends in a bare CR', 'cut', [CHUNKED], '5\rhello\r\n0\r\n\r\n'),
  post('an extension with a bare LF', 'cut', [CHUNKED], '5;\nx\r\nhello\r\n0\r\n\r\n'),
  post('an extension with a bare CR', 'cut', [CHUNKED], '5;a\rx\r\nhello\r\n0\r\n\r\n'),
  post('an extension with NUL', 'cut', [CHUNKED], '5;a\0b\r\nhello\r\n0\r\n\r\n'),
  post('an extension of 64 KiB', 'cut', [CHUNKED], `5;${'a'.repeat(65_536)}\r\nhello\r\n0\r\n\r\n`),
  post('a chunk longer than its size', 'cut', [CHUNKED], '5\r\nhelloXX0\r\n\r\n'),
  post('a chunk without its line end', 'cut', [CHUNKED], '5\r\nhello0\r\n\r\n'),
  post('a chunk that ends in a bare LF', 'cut', [CHUNKED], '5\r\nhello\n0\r\n\r\n'),
  post('a last chunk that ends in a bare LF', 'cut', [CHUNKED], '5\r\nhello\r\n0\n\r\n'),
  post('trailers that end in a bare LF', 'cut', [CHUNKED], '5\r\nhello\r\n0\r\nX: y\n\r\n'),
  post('a trailer with a space before its colon', 'cut', [CHUNKED], '5\r\nhello\r\n0\r\nX : y\r\n\r\n'),
  post('a trailer with NUL', 'cut', [CHUNKED], '5\r\nhello\r\n0\r\nX: \0\r\n\r\n'),
  post('a length as a trailer', 'cut', [CHUNKED], '5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n'),
  post('a coding as a trailer', 'cut', [CHUNKED], '5\r\nhello\r\n0\r\nTransfer-Encoding: x\r\n\r\n'),
  post('a folded trailer', 'cut', [CHUNKED], '5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n'),
];

const HEADS: readonly DesyncRequest[] = [
  head('HTTP/0.9', 'refused', 'GET /first\r\n\r\n'),
  head('HTTP/0.9 that says so', 'refused', 'GET /first HTTP/0.9\r\nHost: HOST\r\n\r\n'),
  head('HTTP/1.2', 'refused', 'GET /first HTTP/1.2\r\nHost: HOST\r\n\r\n'),
  head('HTTP/2.0', 'refused', 'GET /first HTTP/2.0\r\nHost: HOST\r\n\r\n'),
  head('HTTP/01.1', 'refused', 'GET /first HTTP/01.1\r\nHost: HOST\r\n\r\n'),
  head('http/1.1 in lower case', 'refused', 'GET /first http/1.1\r\nHost: HOST\r\n\r\n'),
  head('ICAP', 'refused', 'OPTIONS /first ICAP/1.0\r\nHost: HOST\r\n\r\n'),
  head('the preface of HTTP/2', 'refused', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  head('HTTP/1.0 with a coding', 'refused', `POST /first HTTP/1.0\r\nHost: HOST\r\n${CHUNKED}\r\n\r\n${HELLO}`),
  head('a space at the end of the request line', 'refused', 'GET /first HTTP/1.1 \r\nHost: HOST\r\n\r\n'),
  head('a second target', 'refused', 'GET /first /second HTTP/1.1\r\nHost: HOST\r\n\r\n'),
  head('a tab in the request line', 'refused', 'GET\t/first HTTP/1.1\r\nHost: HOST\r\n\r\n'),
  head('a bare LF behind the request line', 'refused', 'GET /first HTTP/1.1\nHost: HOST\r\n\r\n'),
  head('a bare CR behind the request line', 'refused', 'GET /first HTTP/1.1\rHost: HOST\r\n\r\n'),
  head('a bare CR in the target', 'refused', 'GET /fi\rrst HTTP/1.1\r\nHost: HOST\r\n\r\n'),
  head('NUL in the target', 'refused', 'GET /fi\0rst HTTP/1.1\r\nHost: HOST\r\n\r\n'),
  head('only bare LFs', 'refused', 'GET /first HTTP/1.1\nHost: HOST\n\n'),
  head('a head that ends in a bare LF', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\n\n'),
  head('a head that ends in LF CR LF', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\n\r\n'),
  head('a line without a colon', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\nnothing\r\n\r\n'),
  head('an empty name', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\n: nothing\r\n\r\n'),
  head('a name with a space', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\nX Y: z\r\n\r\n'),
  head('NUL in a name', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\nX\0Y: z\r\n\r\n'),
  head('NUL in a value', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\nX: a\0b\r\n\r\n'),
  head('a bare CR in a value', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\nX: a\rb\r\n\r\n'),
  head('a folded value', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\n\r\n'),
  head('a folded first line', 'refused', 'GET /first HTTP/1.1\r\n Host: HOST\r\n\r\n'),
  head('no Host', 'refused', 'GET /first HTTP/1.1\r\n\r\n'),
  head('two Hosts', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n'),
  head('two Hosts that differ', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST\r\nhost: elsewhere\r\n\r\n'),
  head('a list of Hosts', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST, elsewhere\r\n\r\n'),
  head('a user in Host', 'refused', 'GET /first HTTP/1.1\r\nHost: a@HOST\r\n\r\n'),
  head('a space in Host', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST elsewhere\r\n\r\n'),
  head('a path in Host', 'refused', 'GET /first HTTP/1.1\r\nHost: HOST/x\r\n\r\n'),
  head('an absolute target of another host', 'refused', 'GET https://elsewhere/first HTTP/1.1\r\nHost: HOST\r\n\r\n'),
  head('CONNECT', 'refused', 'CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\n'),
  head('a method that is no token', 'refused', 'G[T /first HTTP/1.1\r\nHost: HOST\r\n\r\n'),
  head('a method in lower case', 'refused', 'get /first HTTP/1.1\r\nHost: HOST\r\n\r\n'),
  head('a TLS hello', 'refused', '\x16\x03\x01\x00\x05hello\r\n\r\n'),
  head('1,001 header lines', 'refused', `GET /first HTTP/1.1\r\nHost: HOST\r\n${'a:\r\n'.repeat(1000)}\r\n`),
  head('a Host in the spelling of CGI', 'read', 'GET /first HTTP/1.1\r\nHost: HOST\r\nHOST_: x\r\n\r\n'),
  head('empty lines before the request', 'read', '\r\n\r\nGET /first HTTP/1.1\r\nHost: HOST\r\n\r\n'),
  head('an absolute target of the same host', 'read', 'GET https://HOST/first HTTP/1.1\r\nHost: HOST\r\n\r\n'),
];

const SWITCHES: readonly DesyncRequest[] = [
  post(
    'a switch of protocols with a body',
    'last',
    ['Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 5'],
    'hello',
    'hello',
  ),
  post(
    'a switch of protocols with chunks',
    'last',
    ['Connection: Upgrade', 'Upgrade: websocket', CHUNKED],
    HELLO,
    'hello',
  ),
  post(
    'an offer of h2c',
    'last',
    ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQ', 'Content-Length: 5'],
    'hello',
    'hello',
  ),
  post('close among other options', 'last', ['Connection: close, TE', 'Content-Length: 5'], 'hello', 'hello'),
  post('close of a proxy’s connection', 'last', ['Proxy-Connection: close', 'Content-Length: 5'], 'hello', 'hello'),
  post('close in chunks', 'last', ['Connection: close', CHUNKED], HELLO, 'hello'),
  post(
    'Connection that names the length',
    'read',
    ['Connection: Content-Length', 'Content-Length: 5'],
    'hello',
    'hello',
  ),
  post('an odd Expect', 'refused', ['Expect: x 100-continue', 'Content-Length: 5'], 'hello'),
];

export const DESYNC_REQUESTS: readonly (DesyncRequest & { readonly group: string })[] = [
  ...LENGTHS.map((each) => ({ ...each, group: 'length' })),
  ...CODINGS.map((each) => ({ ...each, group: 'coding' })),
  ...CHUNKS.map((each) => ({ ...each, group: 'chunks' })),
  ...HEADS.map((each) => ({ ...each, group: 'head' })),
  ...SWITCHES.map((each) => ({ ...each, group: 'switch' })),
];
