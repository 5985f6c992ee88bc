import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isHopByHop, namesInConnection } from '../../src-main/connector/translation/hop-by-hop.ts';
import { translateLink } from '../../src-main/connector/translation/link-header.ts';
import { translateRefresh } from '../../src-main/connector/translation/refresh-header.ts';
import { translateRequestHeaders } from '../../src-main/connector/translation/request-headers.ts';
import { mapRequestTarget } from '../../src-main/connector/translation/request-target.ts';
import { translateResponseHeaders } from '../../src-main/connector/translation/response-headers.ts';
import { translateSetCookie } from '../../src-main/connector/translation/set-cookie.ts';
import { UrlMap } from '../../src-main/connector/translation/url-map.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';

const urlMap = new UrlMap([
  makeApplication({ id: 'root', internalUrl: 'http://intranet:8080/', externalUrl: 'https://intranet.apps.example/' }),
  makeApplication({
    id: 'wiki',
    internalUrl: 'http://intranet:8080/wiki/',
    externalUrl: 'https://wiki.apps.example/w/',
  }),
  makeApplication({ id: 'secure', internalUrl: 'https://pay.corp/app/', externalUrl: 'https://pay.apps.example/' }),
]);
const toExternal = (url: string): string | null => urlMap.toExternal(url, 'http');

describe('B26 addresses that point into a published internal URL become external', () => {
  test.each([
    ['http://intranet:8080/', 'https://intranet.apps.example/'],
    ['http://intranet:8080', 'https://intranet.apps.example/'],
    ['http://INTRANET:8080/Path?q=%2F#f', 'https://intranet.apps.example/Path?q=%2F#f'],
    ['http://intranet:8080/?a=b', 'https://intranet.apps.example/?a=b'],
    ['http://intranet:8080?a=b', 'https://intranet.apps.example/?a=b'],
    ['//intranet:8080/x', 'https://intranet.apps.example/x'],
    ['http://intranet:8080/wiki/page', 'https://wiki.apps.example/w/page'],
    ['http://intranet:8080/wiki', 'https://wiki.apps.example/w'],
    ['http://intranet:8080/wikis', 'https://intranet.apps.example/wikis'],
    ['https://pay.corp/app/x', 'https://pay.apps.example/x'],
    ['https://pay.corp:443/app/x', 'https://pay.apps.example/x'],
    ['https://pay.corp/app?x', 'https://pay.apps.example?x'],
  ])('%s', (internal, external) => {
    expect(toExternal(internal)).toBe(external);
  });

  test.each([
    '/relative',
    'relative',
    '',
    '?q',
    '#f',
    'http://elsewhere/',
    'http://intranet/',
    'https://intranet:8080/',
    'https://pay.corp/other',
    'https://pay.corp/application',
    'http://user@intranet:8080/',
    'http://intranet:8080.evil.example/',
    'mailto:a@b',
    'javascript:alert(1)',
    'http:///x',
  ])('%s stays', (url) => {
    expect(toExternal(url)).toBeNull();
  });

  test('Link: targets outside quotes, several values', () => {
    const link =
      '<http://intranet:8080/a>; rel=next; title="<http://intranet:8080/b>", </c>; rel=prev, <http://intranet:8080/d>';
    expect(translateLink(link, toExternal)).toBe(
      '<https://intranet.apps.example/a>; rel=next; title="<http://intranet:8080/b>", </c>; rel=prev, <https://intranet.apps.example/d>',
    );
  });

  test.each([
    ['5; url=http://intranet:8080/a', '5; url=https://intranet.apps.example/a'],
    ['0;URL="http://intranet:8080/a"', '0;URL="https://intranet.apps.example/a"'],
    ["3, url='http://intranet:8080/a' ", "3, url='https://intranet.apps.example/a' "],
    ['5', '5'],
    ['5; url=/x', '5; url=/x'],
    ['nonsense', 'nonsense'],
    ['', ''],
  ])('Refresh: %s', (before, after) => {
    expect(translateRefresh(before, toExternal)).toBe(after);
  });

  test('no value, however odd, makes a translator throw, and what needs nothing stays the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (value) => {
        const nothing = (): null => null;
        expect(translateLink(value, nothing)).toBe(value);
        expect(translateRefresh(value, nothing)).toBe(value);
        toExternal(value);
      }),
    );
  });
});

describe('B27 cookies', () => {
  const here = { internalHost: 'intranet.corp', externalHost: 'app.example', internalPath: '/', externalPath: '/' };
  const moved = { ...here, internalPath: '/in/', externalPath: '/out/x/' };

  test.each([
    ['a=b', 'a=b'],
    ['', ''],
    [';', ';'],
    [';;=;Domain;Path', ';;=;Domain;Path'],
    ['a=b; Domain=intranet.corp', 'a=b; Domain=app.example'],
    ['a=b; domain=.INTRANET.corp; Secure', 'a=b; domain=.app.example; Secure'],
    ['a=b; Domain=corp; HttpOnly', 'a=b; HttpOnly'],
    ['a=b; Domain=; HttpOnly', 'a=b; Domain=; HttpOnly'],
    ['a=b; Domain=other.example', 'a=b; Domain=other.example'],
    [
      'a=Domain=intranet.corp;Max-Age=10 ;SameSite=lAx; Partitioned;  HttpOnly',
      'a=Domain=intranet.corp;Max-Age=10 ;SameSite=lAx; Partitioned;  HttpOnly',
    ],
  ])('%s', (before, after) => {
    expect(translateSetCookie(before, here)).toBe(after);
  });

  test.each([
    ['a=b; Path=/in/', 'a=b; Path=/out/x/'],
    ['a=b; Path=/in', 'a=b; Path=/out/x'],
    ['a=b; path=/in/deep; Secure', 'a=b; path=/out/x/deep; Secure'],
    ['a=b; Path=/', 'a=b; Path=/'],
    ['a=b; Path=/inner', 'a=b; Path=/inner'],
    ['__Host-a=b; Path=/; Secure', '__Host-a=b; Path=/; Secure'],
  ])('%s in a moved folder', (before, after) => {
    expect(translateSetCookie(before, moved)).toBe(after);
  });

  test('a folder that moves to or from the root', () => {
    expect(translateSetCookie('a=b; Path=/x', { ...here, externalPath: '/out/' })).toBe('a=b; Path=/out/x');
    expect(translateSetCookie('a=b; Path=/in', { ...here, internalPath: '/in/' })).toBe('a=b; Path=/');
  });

  test('no value makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (value) => {
        expect(typeof translateSetCookie(value, moved)).toBe('string');
      }),
    );
  });
});

describe('B3 the request target', () => {
  test.each([
    ['/', '/', '/', '/'],
    ['/a/b?c=%2F', '/', '/', '/a/b?c=%2F'],
    ['/ext/a', '/ext/', '/in/', '/in/a'],
    ['/ext/', '/ext/', '/', '/'],
    ['/ext', '/ext/', '/in/', '/in'],
    ['/ext?x', '/ext/', '/', '/?x'],
    ['/%65xt/a%20b', '/ext/', '/in/', '/in/a%20b'],
    ['/a', '/', '/in/', '/in/a'],
  ])('%s from %s to %s is %s', (target, externalPath, internalPath, expected) => {
    expect(mapRequestTarget(target, externalPath, internalPath)).toBe(expected);
  });

  test.each(['/', '/other', '/extra', '/ex', '*', '/%', '//ext/'])('%s is outside /ext/', (target) => {
    expect(mapRequestTarget(target, '/ext/', '/in/')).toBeNull();
  });
});

describe('whole lists', () => {
  test('B29 hop-by-hop names and what Connection lists never cross', () => {
    const named = namesInConnection(['Connection', 'close, X-Secret', 'connection', 'Keep-Alive']);
    expect(isHopByHop('x-secret', named)).toBe(true);
    expect(isHopByHop('transfer-encoding', null)).toBe(true);
    expect(isHopByHop('content-length', named)).toBe(false);
    expect(namesInConnection(['Connection', 'keep-alive'])).toBeNull();
  });

  test('B31 all else stays in order, number and spelling', () => {
    const headers = ['X-A', '1', 'Strict-Transport-Security', 'max-age=1', 'x-a', '2', 'Location', '/x'].map((text) =>
      Buffer.from(text, 'latin1'),
    );
    const cookies = { internalHost: 'intranet', externalHost: 'app', internalPath: '/', externalPath: '/' };
    const translation = { urlMap, externalUrl: 'https://app/', internalScheme: 'http', translatesUrls: true, cookies };
    expect(translateResponseHeaders(headers, translation, false)).toEqual(headers.map((item) => item.toString()));
  });

  const own = {
    internalAuthority: 'intranet:8080',
    internalScheme: 'http',
    internalPath: '/in/',
    externalPath: '/out/',
  };
  const translated = (headers: string[], change: Partial<typeof own> | { internalAuthority: null } = {}) =>
    translateRequestHeaders(headers, { ...own, ...change }, { authority: 'app.example:444', isUpgrade: false });

  test('B24 B25 Host', () => {
    const headers = ['Host', 'x', 'Accept', 'a', 'Expect', '100-continue', 'Origin', 'https://app.example:444'];
    const rest = ['Accept', 'a', 'Origin', 'https://app.example:444'];
    expect(translated(headers)).toEqual(['host', 'intranet:8080', ...rest]);
    expect(translated(headers, { internalAuthority: null })).toEqual(['host', 'app.example:444', ...rest]);
  });

  test.each([
    ['Destination', 'https://app.example:444/out/new%20x', 'http://intranet:8080/in/new%20x'],
    ['destination', 'https://APP.example:444/%6Fut/new', 'http://intranet:8080/in/new'],
    ['Destination', '/out/new', '/in/new'],
    ['Destination', 'https://app.example:444/other', 'https://app.example:444/other'],
    ['Destination', 'https://app.example/out/new', 'https://app.example/out/new'],
    ['Destination', '//intranet:8080/in/new', '//intranet:8080/in/new'],
    ['Destination', 'nonsense', 'nonsense'],
    [
      'If',
      '<https://app.example:444/out/a> (<urn:uuid:1> ["e<t>ag"]) (Not <DAV:no-lock>)',
      '<http://intranet:8080/in/a> (<urn:uuid:1> ["e<t>ag"]) (Not <DAV:no-lock>)',
    ],
    ['If', '(<opaquelocktoken:1>)', '(<opaquelocktoken:1>)'],
  ])('B24 the place that WebDAV names in %s: %s', (name, before, after) => {
    expect(translated([name, before]).slice(2)).toEqual([name, after]);
  });

  test('B25 with the external Host a place keeps it, and its folder is the internal one', () => {
    expect(translated(['Destination', 'https://app.example:444/out/a'], { internalAuthority: null })).toContain(
      'https://app.example:444/in/a',
    );
  });

  const cookies = { internalHost: 'intranet', externalHost: 'app', internalPath: '/', externalPath: '/' };
  const response = { urlMap, externalUrl: 'https://app/', internalScheme: 'http', translatesUrls: true, cookies };

  test('B15 B29 B33 what is ours to say, a backend does not say', () => {
    const headers = [
      'Alt-Svc',
      'h3=":443"',
      'X-POSTERN-Activity-Id',
      'a',
      'Set-Cookie',
      '__Host-postern-session=x',
      'set-cookie',
      ' postern-x=y',
      // Browsers send the value of a cookie without a name alone, which reads like a name (RFC 6265bis section 5.7).
      'set-cookie',
      '=postern-session=x; Domain=apps.example',
      'set-cookie',
      ' = postern-session=x',
      'set-cookie',
      'postern-session',
      'Set-Cookie',
      'own=1',
    ];
    expect(translateResponseHeaders(headers, response, false)).toEqual(['Set-Cookie', 'own=1']);
  });

  test('B53 a 101 keeps its switch and its cookies, and nothing that would frame a body', () => {
    const headers = [
      'Connection',
      'keep-alive, Upgrade',
      'Upgrade',
      'websocket',
      'Keep-Alive',
      'x',
      'Transfer-Encoding',
      'chunked',
      'Content-Length',
      '5',
      'Set-Cookie',
      'a=b',
    ];
    expect(translateResponseHeaders(headers, response, true)).toEqual([
      'Connection',
      'Upgrade',
      'Upgrade',
      'websocket',
      'Set-Cookie',
      'a=b',
    ]);
  });

  test('B26 several Links, of any relation, with their parameters byte for byte', () => {
    const links = [
      '</a>;rel="preload";as=style,<http://intranet:8080/b,c;d>; rel=next;title*=UTF-8\'\'x,',
      '<http://elsewhere/>;rel="a b"',
      '<http://intranet:8080/e>;rel=x;title="a\\\"<http://intranet:8080/>"',
    ];
    expect(translateResponseHeaders(links.flatMap((link) => ['Link', link]), response, false)).toEqual([
      'Link', '</a>;rel="preload";as=style,<https://intranet.apps.example/b,c;d>; rel=next;title*=UTF-8\'\'x,',
      'Link', '<http://elsewhere/>;rel="a b"',
      'Link', '<https://intranet.apps.example/e>;rel=x;title="a\\\"<http://intranet:8080/>"',
    ]); // prettier-ignore
  });
});
