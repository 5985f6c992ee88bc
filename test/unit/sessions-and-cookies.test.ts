import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serializeCookie, readCookie, readCookies, withoutOwnCookies } from '../../src-service/identity/cookies.ts';
import { SealedTokens } from '../../src-service/identity/sealed-tokens.ts';
import { safeReturnTarget } from '../../src-service/edge/return-target.ts';

const HOUR_MS = 3_600_000;

function makeKeys(): { ring: Map<string, Uint8Array>; currentId: string } {
  return { ring: new Map([['k1', randomBytes(32)]]), currentId: 'k1' };
}

function makeTokens(keys = makeKeys(), clock = { nowMs: 1_700_000_000_000 }): SealedTokens {
  return new SealedTokens({
    keys: {
      current: () => ({ id: keys.currentId, key: keys.ring.get(keys.currentId) as Uint8Array }),
      find: (id) => keys.ring.get(id),
    },
    clock: () => clock.nowMs,
  });
}

describe('SealedTokens', () => {
  test('B15 a sealed cookie opens for its kind, host and time alone', async () => {
    const clock = { nowMs: 1_700_000_000_000 };
    const tokens = makeTokens(makeKeys(), clock);
    const sealed = await tokens.seal('postern-session', 'a.example', { sid: 's1' }, clock.nowMs + HOUR_MS);
    expect(await tokens.open('postern-session', 'a.example', sealed)).toMatchObject({ sid: 's1' });
    expect(await tokens.open('postern-session', 'b.example', sealed)).toBeNull();
    expect(await tokens.open('postern-handoff', 'a.example', sealed)).toBeNull();
    clock.nowMs += HOUR_MS;
    expect(await tokens.open('postern-session', 'a.example', sealed)).toBeNull();
  });

  test('B15 no changed octet is accepted, and nothing of the content can be read', async () => {
    const tokens = makeTokens();
    const sealed = await tokens.seal('postern-session', 'a.example', { sid: 'secret-id' }, 1_700_000_000_000 + HOUR_MS);
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('secret-id');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(sealed.length - 1),
        fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.'),
        async (at, replacement) => {
          const changed = sealed.slice(0, at) + replacement + sealed.slice(at + 1);
          // The last character of a base64url part may carry unused bits: such a change is none.
          const isSame = changed.split('.').every((part, index) =>
          Buffer.from(part, 'base64url').equals(Buffer.from(sealed.split('.')[index] ?? '', 'base64url')),
        ) && changed.split('.').length === 5; // prettier-ignore
          if (!isSame) expect(await tokens.open('postern-session', 'a.example', changed)).toBeNull();
        },
      ),
      { numRuns: 200 },
    );
  });

  test('B15 keys rotate: an older key still opens what it sealed, a removed one does not', async () => {
    const keys = makeKeys();
    const tokens = makeTokens(keys);
    const sealed = await tokens.seal('postern-session', 'a.example', { sid: 's1' }, 1_700_000_000_000 + HOUR_MS);
    keys.ring.set('k2', randomBytes(32));
    keys.currentId = 'k2';
    expect(await tokens.open('postern-session', 'a.example', sealed)).toMatchObject({ sid: 's1' });
    keys.ring.delete('k1');
    expect(await tokens.open('postern-session', 'a.example', sealed)).toBeNull();
  });

  test.each(['', 'x', 'a.b.c.d.e', 'eyJhbGciOiJub25lIn0.e30.', 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....'])(
    'opens nothing for %j',
    async (token) => {
      expect(await makeTokens().open('postern-session', 'a.example', token)).toBeNull();
    },
  );
});

describe('cookies', () => {
  test('B16 each setting changes exactly its attribute', () => {
    const base = { isSecure: true, isHttpOnly: true, sameSite: 'None', maxAgeSeconds: null } as const;
    expect(serializeCookie('n', 'v', base)).toBe('n=v; Path=/; HttpOnly; Secure; SameSite=None');
    expect(serializeCookie('n', 'v', { ...base, isHttpOnly: false })).toBe('n=v; Path=/; Secure; SameSite=None');
    expect(serializeCookie('n', 'v', { ...base, maxAgeSeconds: 60 })).toBe(
      'n=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=None',
    );
    expect(serializeCookie('n', 'v', { ...base, isSecure: false })).toBe('n=v; Path=/; HttpOnly; SameSite=Lax');
  });

  test('reads a cookie by its whole name', () => {
    expect(readCookie('xa=0; a=1;b=2; a=3', 'a')).toBe('1');
    expect(readCookie('a=1;b=2', 'b')).toBe('2');
    expect(readCookie('ab=1', 'a')).toBeUndefined();
    expect(readCookie(undefined, 'a')).toBeUndefined();
    expect(readCookie(';;; ;', 'a')).toBeUndefined();
  });

  test('B15 reads every cookie of a name', () => {
    expect(readCookies(undefined, 'a')).toEqual([]);
    expect(readCookies('xa=0; a=1;b=2; a=3; aa=4; a=', 'a')).toEqual(['1', '3', '']);
    expect(readCookies('a=1', 'a')).toEqual(['1']);
    expect(readCookies('b=a; a=a=a', 'a')).toEqual(['a=a']);
  });

  test('B15 no spelling of the header lets one of our cookies through', () => {
    const pair = fc.tuple(
      fc.constantFrom('', ' ', '  ', '\t'),
      fc.constantFrom('a', 'postern-session', '__Host-postern-sso', '__host-Postern-x', 'xpostern-y'),
      fc.constantFrom('', '=', '=v', ' =v'),
    );
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
        const kept = withoutOwnCookies(pairs.map((parts) => parts.join('')).join(';')) ?? '';
        for (const entry of kept.split(';')) expect(entry.trim()).not.toMatch(/^(__host-)?postern-/i);
      }),
    );
  });
});

describe('safeReturnTarget', () => {
  test.each([
    ['/a/b?c=d&e', '/a/b?c=d&e'],
    ['/a%20b', '/a%20b'],
    [null, '/'],
    ['', '/'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example/', '/'],
    ['/\t/evil.example', '/'],
    ['/a\r\nSet-Cookie: x=1', '/'],
    ['/../..//evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/.postern/signout', '/'],
    ['/%2epostern/signout', '/'],
    [`/${'a'.repeat(3000)}`, '/'],
  ])('B12 %j returns to %j', (text, expected) => {
    expect(safeReturnTarget(text)).toBe(expected);
  });
});
