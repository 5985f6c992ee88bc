import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EDGE_LIMITS } from '../../src-service/edge/limits.ts';
import { parseRequestTarget } from '../../src-service/edge/request-target.ts';
import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';

const HOST = 'app.example.com';

/** Targets that some server reads as leaving the directory, as another host, or not at all. */
const HOSTILE = [
  '',
  '*',
  'app.example.com:443',
  '//evil.example/x',
  '/\\evil.example',
  '/a\\b?c',
  '/a\\..\\b',
  '/..',
  '/.',
  '/a/../b',
  '/a/./b',
  '/a/..',
  '/a/%2e%2e/b',
  '/a/.%2E/b',
  '/a/%2e/b',
  '/a%2f..%2fb',
  '/a/..%2fb',
  '/a/..%5cb',
  '/a%5c..%5cb',
  '/a/%252e%252e/b',
  '/a/%25252e%25252e%25252fb',
  '/a/%2525252525252e/b',
  '/a/..;/b',
  '/a/..;x=1/b',
  '/a/%2e%2e%3bx/b',
  '/a/%00',
  '/a/%2500',
  '/a/%0d%0aSet-Cookie:x',
  '/a/%7f',
  '/a/%c0%ae%c0%ae/b',
  '/a/%e0%80%ae/b',
  '/a/%f0%80%80%ae/b',
  '/a/%',
  '/a/%2',
  '/a/%zz',
  '/a/%u002e/b',
  '/a#b',
  '/a b',
  '/a\tb',
  '/a\x00b',
  '/a/\x7f',
  'http://other.example.com/',
  'http://app.example.com@evil.example/',
  'ftp://app.example.com/',
  'javascript:alert(1)',
  `/${'a'.repeat(EDGE_LIMITS.maxTargetBytes)}`,
];

describe('parseRequestTarget', () => {
  test.each(HOSTILE)('B3 refuses %j', (raw) => {
    expect(parseRequestTarget(raw, HOST)).toBeNull();
  });

  test.each([
    ['/', ['/']],
    ['/a/b.c?x=/../%2e%2e', ['/a/b.c']],
    // A backslash in a query was refused, as in the path.
    ['/a?file=C:\\temp\\b.txt&user=CONTOSO\\alice?', ['/a']],
    ['/.well-known/x', ['/.well-known/x']],
    ['/a/...', ['/a/...']],
    ['/%61dmin/', ['/admin/']],
    ['/caf%C3%A9/', ['/caf\xc3\xa9/']],
    ['/a%20b', ['/a b']],
    ['/100%25', ['/100%']],
    ['/group%2Fproject', ['/group%2Fproject', '/group/project']],
    ['/a//b', ['/a//b', '/a/b']],
    ['/a;v=1/b', ['/a;v=1/b', '/a/b']],
  ])('reads %j', (raw, readings) => {
    const target = parseRequestTarget(raw, HOST);
    expect(target?.readings).toEqual(readings);
    expect(target?.target).toBe(raw);
  });

  test('takes an absolute-form target only for the host that Host names (RFC 9112 section 3.2.2)', () => {
    expect(parseRequestTarget('http://APP.example.com/a?b', HOST)?.target).toBe('/a?b');
    expect(parseRequestTarget('https://app.example.com', HOST)?.target).toBe('/');
  });

  test('B3 no accepted target resolves outside its own path, whoever decodes it how often', () => {
    const piece = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2E',
      '%2f',
      '%5c',
      '%25',
      '%252e',
      '\\',
      ';',
      'a',
      'b',
      '%61',
      '//',
      '%00',
      '\xe4',
      '?',
      'x=1',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const target = parseRequestTarget(`/app/${pieces.join('')}`, HOST);
        if (target === null) return;
        let path = target.path;
        for (let layer = 0; layer < 6; layer++) {
          for (const read of [
            path,
            path.replaceAll('\\', '/'),
            path.replace(/;[^/]*/g, ''),
            path.replaceAll('\\', '/').replace(/;[^/]*/g, ''),
          ]) {
            expect(new URL(`http://h/x/..${read.replaceAll('%', '%25')}`).pathname.startsWith('/app/')).toBe(true);
          }
          path = decodeOctets(path);
        }
        expect(target.readings.every((reading) => reading.startsWith('/app/'))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (raw) => {
        const target = parseRequestTarget(raw, HOST);
        if (target !== null) expect(target.target.startsWith('/') && !target.target.startsWith('//')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
