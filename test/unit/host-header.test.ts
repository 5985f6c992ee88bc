import { describe, expect, test } from 'vitest';
import { parseHostHeader } from '../../src-service/edge/host-header.ts';

describe('parseHostHeader', () => {
  test.each([
    ['app.example.com', 'app.example.com'],
    ['APP.Example.com:8443', 'app.example.com'],
    ['localhost:1', 'localhost'],
    ['127.0.0.1:8080', '127.0.0.1'],
    ['[::1]:8080', '[::1]'],
    ['[::1]', '[::1]'],
  ])('reads %j', (value, hostname) => {
    expect(parseHostHeader(['Accept', '*/*', 'hOsT', value])).toEqual({ authority: value.toLowerCase(), hostname });
  });

  test.each([
    '',
    ' ',
    '.',
    'a..b',
    'a.',
    '-a',
    'a b',
    'a/b',
    'a\\b',
    'a@b',
    'a:',
    'a:0',
    'a:65536',
    'a:x',
    'a,b',
    '[::1',
    'a%2eb',
    'ä.example',
    `${'a'.repeat(64)}.com`,
    'a.'.repeat(140),
  ])('refuses %j', (value) => {
    expect(parseHostHeader(['Host', value])).toBeNull();
  });

  test('refuses a request without Host, or with two', () => {
    expect(parseHostHeader([])).toBeNull();
    expect(parseHostHeader(['Host', 'a.example', 'Host', 'a.example'])).toBeNull();
  });
});
