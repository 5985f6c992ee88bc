import { describe, expect, test } from 'vitest';
import { TrustedProxies } from '../../src-service/edge/client-address.ts';
import { makeForwardedHeaders } from '../../src-service/edge/forwarded-headers.ts';

const ACTIVITY_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

function forward(
  rawHeaders: string[],
  options: { isUpgrade?: boolean; isHttp2?: boolean; isAuthorizationWithheld?: boolean; trusted?: string[] } = {},
): string[] {
  const valuesOf = (name: string): string | undefined => {
    const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
    return values.length === 0 ? undefined : values.join(', ');
  };
  const client = new TrustedProxies(options.trusted ?? []).resolve('::ffff:192.0.2.7', false, {
    'x-forwarded-for': valuesOf('x-forwarded-for'),
    'x-forwarded-proto': valuesOf('x-forwarded-proto'),
    forwarded: valuesOf('forwarded'),
  });
  return makeForwardedHeaders({
    rawHeaders,
    connection: valuesOf('connection'),
    authority: 'app.example.com',
    client,
    activityId: ACTIVITY_ID,
    isUpgrade: options.isUpgrade ?? false,
    isAuthorizationWithheld: options.isAuthorizationWithheld ?? false,
    isHttp2: options.isHttp2 ?? false,
  });
}

function entries(headers: readonly string[]): [string, string][] {
  return headers.flatMap((name, index) =>
    index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as [string, string]] : [],
  );
}

const ADDED = [
  ['traceparent', '00-0f8fad5bd9cb469fa16570867728950e-a16570867728950e-00'],
  ['X-Forwarded-For', '192.0.2.7'],
  ['X-Forwarded-Host', 'app.example.com'],
  ['X-Forwarded-Proto', 'http'],
  ['Forwarded', 'for=192.0.2.7;host="app.example.com";proto=http'],
  ['X-Postern-Activity-Id', ACTIVITY_ID],
];

describe('makeForwardedHeaders', () => {
  test('B29 drops hop-by-hop headers and what Connection names, and keeps order and number of the rest', () => {
    const headers = forward([
      'Host', 'app.example.com', 'Accept', 'a', 'Connection', 'keep-alive, X-Mine', 'X-Mine', '1', 'accept', 'b',
      'Keep-Alive', 'timeout=5', 'TE', 'trailers', 'Transfer-Encoding', 'chunked', 'Upgrade', 'x', 'Proxy-Connection', 'k',
      'Proxy-Authorization', 'Basic x', 'Trailer', 'X-T', 'Accept', 'c',
    ]); // prettier-ignore
    expect(entries(headers)).toEqual([['Accept', 'a'], ['accept', 'b'], ['Trailer', 'X-T'], ['Accept', 'c'], ...ADDED]);
  });

  test('B18 an access token for us stays here in every spelling and number, and another Authorization goes on', () => {
    const sent = ['authorization', 'Bearer a', 'AUTHORIZATION', 'Bearer b', 'Accept', 'a'];
    expect(entries(forward(sent, { isAuthorizationWithheld: true }))).toEqual([['Accept', 'a'], ...ADDED]);
    expect(entries(forward(sent))[0]).toEqual(['authorization', 'Bearer a']);
  });

  test('B54 te: trailers of an HTTP/2 request is passed on, any other te is not', () => {
    expect(entries(forward(['te', 'trailers'], { isHttp2: true }))).toContainEqual(['te', 'trailers']);
    expect(entries(forward(['te', 'gzip'], { isHttp2: true }))).not.toContainEqual(['te', 'gzip']);
  });

  test('B29 Connection cannot remove what the service relies on', () => {
    expect(entries(forward(['Connection', 'cookie, content-length', 'Cookie', 'a=1', 'Content-Length', '3']))).toEqual([
      ['Cookie', 'a=1'],
      ['Content-Length', '3'],
      ...ADDED,
    ]);
  });

  test('B15 our own cookies never reach a backend, others stay byte for byte', () => {
    const headers = forward([
      'Cookie', 'a=1; __Host-postern-session=x; b="2; c"; postern-bind-abc=y;  d=%20', 'Cookie', '__Host-postern-sso=z',
    ]); // prettier-ignore
    expect(entries(headers)).toEqual([['Cookie', 'a=1; b="2; c";  d=%20'], ...ADDED]);
  });

  test('B28 what a client says about its own address is dropped', () => {
    const headers = forward([
      'X-Forwarded-For',
      '10.0.0.1',
      'X-Forwarded-Proto',
      'https',
      'Forwarded',
      'for=10.0.0.1',
      'X-Real-IP',
      '10.0.0.1',
    ]);
    expect(entries(headers)).toEqual(ADDED);
  });

  test('B28 what a trusted proxy says is appended to', () => {
    const sent = ['X-Forwarded-For', '203.0.113.9', 'X-Forwarded-Proto', 'https'];
    const headers = Object.fromEntries(entries(forward(sent, { trusted: ['192.0.2.0/24'] })));
    expect(headers['X-Forwarded-For']).toBe('203.0.113.9, 192.0.2.7');
    expect(headers['X-Forwarded-Proto']).toBe('https');
    expect(headers['Forwarded']).toBe('for=203.0.113.9;host="app.example.com";proto=https, for=192.0.2.7');
  });

  test.each<[what: string, sent: string[], forwardedFor: string, forwarded: string]>([
    ['IPv6', ['X-Forwarded-For', '2001:db8::1'], '2001:db8::1', 'for="[2001:db8::1]"'],
    ['IPv6 with a port', ['X-Forwarded-For', '[2001:db8::1]:443'], '2001:db8::1', 'for="[2001:db8::1]"'],
    ['IPv4 with a port', ['X-Forwarded-For', '203.0.113.9:4711'], '203.0.113.9', 'for=203.0.113.9'],
    ['several fields', ['X-Forwarded-For', '1.1.1.1', 'X-Forwarded-For', '2.2.2.2'], '1.1.1.1, 2.2.2.2', 'for=1.1.1.1'],
    ['Forwarded', ['Forwarded', 'For="[2001:db8::1]:4711"; Proto=https'], '2001:db8::1', 'for="[2001:db8::1]"'],
    ['Forwarded with hidden nodes', ['Forwarded', 'for=_hidden, for=unknown'], '_hidden, unknown', 'for=_hidden'],
    [
      'Forwarded in several fields',
      ['Forwarded', 'for=1.1.1.1', 'forwarded', 'for=2.2.2.2'],
      '1.1.1.1, 2.2.2.2',
      'for=1.1.1.1',
    ],
    ['what would break out of a quoted string', ['X-Forwarded-For', '1.1.1.1";x="'], 'unknown', 'for=unknown'],
    ['a malformed Forwarded, of which nothing is sure', ['Forwarded', 'for="1.1.1.1'], '', 'for=192.0.2.7'],
  ])('B28 a trusted proxy may tell the way as %s', (_, sent, forwardedFor, forwarded) => {
    const headers = Object.fromEntries(entries(forward(sent, { trusted: ['192.0.2.7'] })));
    expect(headers['X-Forwarded-For']).toBe([forwardedFor, '192.0.2.7'].filter((part) => part !== '').join(', '));
    expect(headers['Forwarded']?.split(/[;,]/)[0]).toBe(forwarded);
  });

  test('B28 the client is the last address that is no trusted proxy', () => {
    const proxies = new TrustedProxies(['192.0.2.7', '10.0.0.0/8', '2001:db8::/32']);
    const resolve = (told: Parameters<TrustedProxies['resolve']>[2]) => proxies.resolve('192.0.2.7', false, told);
    const clientOf = (chain: string): string => resolve({ 'x-forwarded-for': chain }).remoteAddress;
    expect(clientOf('1.1.1.1, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
    expect(clientOf('nonsense, 10.1.2.3')).toBe('10.1.2.3');
    // What stands before a node that hides itself is that one's word, which nobody vouches for.
    expect(clientOf('1.1.1.1, unknown, 10.1.2.3')).toBe('10.1.2.3');
    expect(clientOf('203.0.113.9:80, [2001:db8::5]:443')).toBe('203.0.113.9');
    expect(clientOf('')).toBe('192.0.2.7');
    expect(clientOf(`1.1.1.1, ${'10.0.0.1, '.repeat(10_000)}`)).toBe('10.0.0.1');
    expect(resolve({ forwarded: 'for=203.0.113.9;proto=https, for=10.0.0.1;proto=http' })).toMatchObject({
      remoteAddress: '203.0.113.9',
      scheme: 'https',
    });
    // A proxy appends; what stands before is the client's.
    expect(resolve({ 'x-forwarded-proto': 'https, http' }).scheme).toBe('http');
    expect(
      proxies.resolve('198.51.100.1', false, { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-proto': 'https' }),
    ).toEqual({
      remoteAddress: '198.51.100.1',
      scheme: 'http',
      chain: ['198.51.100.1'],
      isDirect: true,
    });
  });

  test('B30 names that only the service may use are removed in every spelling', () => {
    const headers = forward([
      'X-Postern-Jwt-Assertion', 'a', 'x_postern_user', 'b', 'X-Postern_Activity-Id', 'c', 'X_Forwarded_For', 'd', 'Proxy', 'e', 'X_Other', 'f',
      'x.postern.user', 'g', 'X-Forwarded-User', 'h', 'X~Real~IP', 'i', 'Content_Length', '5', 'Content.Type', 'j', 'X-POSTERN-', 'k',
    ]); // prettier-ignore
    expect(entries(headers)).toEqual([['X_Other', 'f'], ...ADDED]);
  });

  const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const traceOf = (sent: string[]): [string, string][] => entries(forward(sent)).slice(0, -ADDED.length + 1);

  test.each<[what: string, sent: string[]]>([
    ['parent and state', ['traceparent', PARENT, 'tracestate', 'a=1,b=2']],
    ['several states, in order', ['traceparent', PARENT, 'tracestate', 'a=1', 'tracestate', 'b@c= 2 x']],
    ['empty members', ['traceparent', PARENT, 'tracestate', 'a=1, ,b=2']],
    ['a parent of a later version', ['traceparent', `cc-${PARENT.slice(3)}-more`]],
  ])('B33 a trace is continued as it came: %s', (_, sent) => {
    expect(traceOf(sent)).toEqual(entries(sent));
  });

  test.each<[what: string, sent: string[]]>([
    ['too short', ['traceparent', '00-0-0-00']],
    ['zeros', ['traceparent', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`]],
    ['capitals', ['traceparent', PARENT.toUpperCase()]],
    ['version ff', ['traceparent', `ff-${PARENT.slice(3)}`]],
    ['version 00 with more', ['traceparent', `${PARENT}-more`]],
    ['two parents', ['traceparent', PARENT, 'TraceParent', PARENT]],
    ['a state alone', ['tracestate', 'b=2']],
  ])('B33 a trace that is not valid is begun anew, without its state: %s', (_, sent) => {
    expect(entries(forward(['tracestate', 'a=1', ...sent]))).toEqual(ADDED);
  });

  test.each([
    'a',
    '=1',
    'A=1',
    'a=1,a=2',
    'a=b=c',
    'a=\u00e9',
    Array.from({ length: 33 }, (_, at) => `k${at}=1`).join(),
  ])('B33 a malformed state goes, its parent stays: %j', (state) => {
    expect(traceOf(['traceparent', PARENT, 'tracestate', state])).toEqual([['traceparent', PARENT]]);
  });

  test('B53 an upgrade keeps Upgrade and Connection, and nothing else that Connection names', () => {
    const headers = forward(['Connection', 'keep-alive, Upgrade, X-Mine', 'X-Mine', '1', 'Upgrade', 'websocket'], {
      isUpgrade: true,
    });
    expect(entries(headers)).toEqual([['Upgrade', 'websocket'], ['Connection', 'Upgrade'], ...ADDED]);
  });
});
