import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IdleCache } from '../../src-main/connector/idle-cache.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('B6 what is kept for the hosts of wildcards is bounded in number and in idle time', () => {
  const gone: string[] = [];
  const cache = new IdleCache<string>({ maxValues: 2, idleMs: 1000 }, (value) => gone.push(value));
  const use = (key: string): string => cache.getOrMake(key, () => key);
  use('a');
  use('b');
  use('a');
  use('c');
  expect(gone).toEqual(['b']);
  expect(cache.size).toBe(2);

  vi.advanceTimersByTime(900);
  use('c');
  vi.advanceTimersByTime(900);
  expect(gone).toEqual(['b', 'a']);
  vi.advanceTimersByTime(2000);
  expect(gone).toEqual(['b', 'a', 'c']);
  expect(vi.getTimerCount()).toBe(0);

  use('d');
  use('d');
  vi.advanceTimersByTime(900);
  use('d');
  vi.advanceTimersByTime(900);
  expect(cache.size).toBe(1);
  expect(cache.takeAll()).toEqual(['d']);
  expect(gone).toEqual(['b', 'a', 'c']);
  expect(vi.getTimerCount()).toBe(0);

  use('d');
  vi.advanceTimersByTime(2000);
  expect(gone).toEqual(['b', 'a', 'c', 'd']);
  expect(use('d')).toBe('d');
  expect(cache.size).toBe(1);
  cache.takeAll();
});
