import { describe, expect, test } from 'vitest';
import { findPairProblem, findUrlProblem, listUrlProblems, wildcardLabel } from '../../src-shared/publishing/urls.ts';

describe('findUrlProblem', () => {
  test.each([
    'http://intranet/',
    'https://app.example.com/',
    'https://app.example.com:8443/a/b-c_d/%C3%A9/',
    'https://APP.example.com/',
    'https://bücher.example/',
    'http://host_with_underscore/',
    'https://*.apps.example.com/',
  ])('B1 B2 B6 %s can be used on either side', (url) => {
    expect(findUrlProblem(url, 'external', false)).toBeNull();
    expect(findUrlProblem(url, 'internal', false)).toBeNull();
  });

  test.each([
    ['', 'empty'],
    [' ', 'empty'],
    ['app.example.com', 'malformed'],
    ['http:app/', 'malformed'],
    ['http:///app/', 'malformed'],
    ['https://a b/', 'malformed'],
    ['https://a.example\\x/', 'malformed'],
    ['https://a.example:99999/', 'malformed'],
    ['https://a.example/\t', 'malformed'],
    [`https://a.example/${'a'.repeat(2048)}/`, 'length'],
    ['ftp://a.example/', 'scheme'],
    ['javascript://a.example/', 'scheme'],
    ['https://user@a.example/', 'credentials'],
    ['https://user:secret@a.example/', 'credentials'],
    ['https://@a.example/', 'credentials'],
    ['https://a.example/?', 'query'],
    ['https://a.example/?x=1', 'query'],
    ['https://a.example/#', 'fragment'],
    ['https://a.example', 'trailingSlash'],
    ['https://a.example/x', 'trailingSlash'],
    ['http://10.0.0.1/', 'ipHost'],
    ['http://0x0a.1/', 'ipHost'],
    ['http://167772161/', 'ipHost'],
    ['http://[::1]/', 'ipHost'],
    ['http://127.0.0.1./', 'ipHost'],
    ['https://a.example./', 'hostName'],
    ['https://a..example/', 'hostName'],
    ['https://-a.example/', 'hostName'],
    ["https://a'b.example/", 'hostName'],
    [`https://${'a'.repeat(64)}.example/`, 'hostName'],
    [`https://${'a.'.repeat(130)}example/`, 'hostName'],
    ['https://a.*.example/', 'wildcard'],
    ['https://a*.b.example/', 'wildcard'],
    ['https://*.*.b.example/', 'wildcard'],
    ['https://a.example/*/', 'wildcard'],
    ['https://%2a.*.example/', 'wildcard'],
    ['https://a.example//', 'path'],
    ['https://a.example/../x/', 'path'],
    ['https://a.example/%2e%2e/', 'path'],
    ['https://a.example/a%2Fb/', 'path'],
    ['https://a.example/a%255cb/', 'path'],
    ['https://a.example/%0d%0a/', 'path'],
    ['https://a.example/%zz/', 'path'],
  ])('B1 %j is refused: %s', (url, reason) => {
    expect(findUrlProblem(url, 'external', false)?.reason).toBe(reason);
    expect(findUrlProblem(url, 'internal', false)?.reason).toBe(reason);
  });

  test('B1 an IP address is an internal host where that is allowed, an external one never', () => {
    expect(findUrlProblem('http://10.0.0.1:8080/', 'internal', true)).toBeNull();
    expect(findUrlProblem('http://[fe80::1]/', 'internal', true)).toBeNull();
    expect(findUrlProblem('http://10.0.0.1:8080/', 'external', true)?.reason).toBe('ipHost');
  });

  test('B6 a wildcard over a whole top-level domain is none of ours, a single name inside may be all there is', () => {
    expect(findUrlProblem('https://*.com/', 'external', false)?.reason).toBe('wildcard');
    expect(findUrlProblem('http://*.corp/', 'internal', false)).toBeNull();
    expect(findUrlProblem('http://*.10/', 'internal', true)?.reason).toBe('malformed');
  });

  test.each([
    ['ftp://u:p@1.2.3.4/a?b#c', ['scheme', 'fragment', 'query', 'credentials', 'ipHost', 'trailingSlash']],
    ['https://a..b/x', ['hostName', 'trailingSlash']],
    ['https://user@a.*.example/*/%2e/;v', ['credentials', 'wildcard', 'trailingSlash', 'wildcard', 'path', 'path']],
    ['https://app.example?next=/', ['query', 'trailingSlash']],
    ['foo://app.example/', ['scheme']],
  ])('B1 of several faults in %s only the first was told', (url, reasons) => {
    expect(listUrlProblems(url, 'external', false).map(({ reason }) => reason)).toEqual(reasons);
    expect(findUrlProblem(url, 'external', false)?.reason).toBe(reasons[0]);
  });

  test('B6 a wildcard stands on both sides or on neither', () => {
    expect(findPairProblem('https://*.a.example/', 'http://*.b/')).toBeNull();
    expect(findPairProblem('https://a.example/', 'http://b/')).toBeNull();
    expect(findPairProblem('https://*.a.example/', 'http://b/')?.kind).toBe('internal');
    expect(findPairProblem('https://a.example/', 'http://*.b/')?.kind).toBe('external');
  });
});

test('B6 one label of a host name stands for the *', () => {
  expect(wildcardLabel('a.apps.example.com')).toBe('a');
  expect(wildcardLabel('0-9.apps.example.com')).toBe('0-9');
  expect(wildcardLabel('xn--mnchen-3ya.apps.example.com')).toBe('xn--mnchen-3ya');
  for (const hostname of [
    'apps',
    '.apps',
    '_a.apps',
    '-a.apps',
    'a-.apps',
    'a/b.apps',
    'a:1.apps',
    'A.apps',
    'a%2e.apps',
    'ä.apps',
  ]) {
    expect([hostname, wildcardLabel(hostname)]).toEqual([hostname, null]);
  }
});
