import { describe, expect, test } from 'vitest';
import { TrustedProxies } from '../../src-service/edge/client-address.ts';
import { makeForwardedHeaders } from '../../src-service/edge/forwarded-headers.ts';

const ACTIVITY_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

function forward(
  rawHeaders: string[],
  options: { isUpgrade?: boolean; isHttp2?: boolean; trusted?: string[] } = {},
): string[] {
  const valuesOf = (name: string): string | undefined => {
    const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
    return values.length === 0 ? undefined : values.join(', ');
  };
  const client = new TrustedProxies(options.trusted ?? []).resolve(
    '::ffff:192.0.2.7',
    false,
    valuesOf('x-forwarded-for'),
    valuesOf('x-forwarded-proto'),
  );
  return makeForwardedHeaders({
    rawHeaders,
    connection: valuesOf('connection'),
    authority: 'app.example.com',
    client,
    activityId: ACTIVITY_ID,
    isUpgrade: options.isUpgrade ?? false,
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
    expect(headers['Forwarded']).toBe('for=203.0.113.9, for=192.0.2.7;host="app.example.com";proto=https');
  });

  test('B28 the client is the last address that is no trusted proxy', () => {
    const proxies = new TrustedProxies(['192.0.2.7', '10.0.0.0/8', '2001:db8::/32']);
    const resolve = (chain: string): string => proxies.resolve('192.0.2.7', false, chain, undefined).remoteAddress;
    expect(resolve('1.1.1.1, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
    expect(resolve('nonsense, 10.1.2.3')).toBe('10.1.2.3');
    expect(resolve('')).toBe('192.0.2.7');
    expect(proxies.resolve('198.51.100.1', false, '1.1.1.1', 'https')).toEqual({
      remoteAddress: '198.51.100.1',
      scheme: 'http',
      forwardedFor: '198.51.100.1',
    });
  });

  test('B30 names that only the service may use are removed in every spelling', () => {
    const headers = forward([
      'X-Postern-Jwt-Assertion', 'a', 'x_postern_user', 'b', 'X-Postern_Activity-Id', 'c', 'X_Forwarded_For', 'd', 'Proxy', 'e', 'X_Other', 'f',
    ]); // prettier-ignore
    expect(entries(headers)).toEqual([['X_Other', 'f'], ...ADDED]);
  });

  test('B33 a valid traceparent is continued, an invalid one begun anew without its tracestate', () => {
    const valid = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(entries(forward(['traceparent', valid, 'tracestate', 'a=1'])).slice(0, 2)).toEqual([
      ['traceparent', valid],
      ['tracestate', 'a=1'],
    ]);
    expect(entries(forward(['tracestate', 'a=1', 'traceparent', '00-0-0-00']))).toEqual(ADDED);
  });

  test('B53 an upgrade keeps Upgrade and Connection, and nothing else that Connection names', () => {
    const headers = forward(['Connection', 'keep-alive, Upgrade, X-Mine', 'X-Mine', '1', 'Upgrade', 'websocket'], {
      isUpgrade: true,
    });
    expect(entries(headers)).toEqual([['Upgrade', 'websocket'], ['Connection', 'Upgrade'], ...ADDED]);
  });
});
