import { describe, expect, test } from 'vitest';
import { clientKey } from '../../src-shared/addresses/client-key.ts';
import { Newcomers } from '../../src-service/relay/newcomers.ts';

describe('whoever came and has shown nothing yet', () => {
  test('goes for others only where there are too many', () => {
    const newcomers = new Newcomers<string>(2);
    expect(newcomers.add('a', '192.0.2.1')).toBeNull();
    expect(newcomers.add('b', '192.0.2.1')).toBeNull();
    expect(newcomers.remove('a')).toBe(true);
    expect(newcomers.remove('a')).toBe(false);
    expect(newcomers.add('c', '192.0.2.1')).toBeNull();
    expect(newcomers.add('d', '192.0.2.1')).toBe('b');
    expect(newcomers.size).toBe(2);
  });

  test('goes for one of its own address rather than for somebody else, the oldest first', () => {
    const newcomers = new Newcomers<string>(4);
    for (const [item, address] of [
      ['honest', '198.51.100.7'],
      ['1', '2001:db8::1'],
      ['2', '2001:db8::ffff:2'],
      ['3', '2001:db8::3'],
    ] as const) {
      newcomers.add(item, address);
    }
    expect(newcomers.add('another', '198.51.100.8')).toBe('1');
    expect(newcomers.add('4', '2001:db8::4')).toBe('2');
    expect(newcomers.add('5', '2001:db8::5')).toBe('3');
  });

  test('goes by age alone where every address has as many', () => {
    const newcomers = new Newcomers<number>(3);
    for (const last of [1, 2, 3]) newcomers.add(last, `192.0.2.${last}`);
    expect([newcomers.add(4, '192.0.2.4'), newcomers.add(5, '192.0.2.5')]).toEqual([1, 2]);
  });

  test('leaves nothing behind, whatever comes and goes', () => {
    const newcomers = new Newcomers<number>(50);
    const left = new Set<number>();
    let seed = 7;
    for (let item = 0; item < 5000; item += 1) {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      left.add(item);
      const gone = newcomers.add(item, `10.0.0.${seed % 9}`);
      if (gone !== null) left.delete(gone);
      const some = [...left][seed % left.size] as number;
      if (seed % 3 === 0) expect(newcomers.remove(some)).toBe(left.delete(some));
      expect(newcomers.size).toBe(left.size);
    }
    for (const item of left) newcomers.remove(item);
    expect(newcomers.size).toBe(0);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '20010db8:10002'],
  ['2001:db8:1:2::', '20010db8:10002'],
  ['fe80::1%eth0', 'fe800000:0'],
  ['', ''],
  ['no:address', 'no:address'],
])('an address counts with its /64 of IPv6, however it is written: %s', (address, key) => {
  expect(clientKey(address)).toBe(key);
});
