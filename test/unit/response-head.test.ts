import { afterEach, expect, test, vi } from 'vitest';
import { makeResponseHead } from '../../src-service/edge/http1/response-head.ts';

/** More than are known at once. */
const MADE_UP = 3000;

function write(name: string): string {
  return makeResponseHead(200, 'OK', [name, '1'], { hasBody: false, isLast: false }).text;
}

afterEach(() => vi.restoreAllMocks());

test('a backend that makes names of headers up costs names that come later one look, not one in every response', () => {
  for (let index = 0; index < MADE_UP; index += 1) write(`X-Made-Up-${index}`);
  const looks = vi.spyOn(RegExp.prototype, 'test');
  for (let index = 0; index < 5; index += 1) expect(write('X-Late')).toContain('X-Late: 1\r\n');
  const looksAtName = looks.mock.calls.filter(([text]) => text === 'X-Late').length;
  looks.mockRestore();
  expect(looksAtName).toBe(1);
});
