import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { UnsecuredJWT, decodeJwt } from 'jose';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { compileHeaders } from '../../src-service/edge/sign-on/header-values.ts';
import { compileTransformations } from '../../src-service/edge/sign-on/transformations.ts';
import { IdentityAssertions } from '../../src-service/identity/identity-assertions.ts';
import { claimValues, readSessionClaims } from '../../src-service/identity/session-claims.ts';
import type { Session } from '../../src-service/identity/session.ts';
import { makeSession } from '../helpers/make-session.ts';

const log = pino({ level: 'silent' });

function sessionWith(fields: Partial<Session>, claims: Record<string, unknown> = {}): Session {
  return makeSession({ claims: readSessionClaims(new UnsecuredJWT(claims).encode()), ...fields });
}

function groupsHeader(groups: readonly string[], separator = ','): string[] {
  const header = { name: 'G', source: 'groups' as const, transformations: [], separator };
  return compileHeaders([header], log)(sessionWith({ groups }));
}

describe('headers of single sign-on', () => {
  test('B80 no value ends a header or passes for two', () => {
    expect(groupsHeader(['a', 'b\r\nX: 1', 'c\0', 'd\u0085', 'e,admin', ' f ', 'a', ''])).toEqual(['G', 'a,f']);
    expect(groupsHeader(['only, one'])).toEqual(['G', 'only, one']);
    expect(groupsHeader(['\u2028x'])).toEqual([]);
  });

  test('B80 a list that is too long is left out, not cut', () => {
    const many = Array.from({ length: 150 }, () => randomUUID());
    expect(groupsHeader(many)).toEqual([]);
    expect(groupsHeader(many.slice(0, 100))[1]?.split(',')).toHaveLength(100);
  });

  test('B80 a pattern takes linear time whatever it is tried on', () => {
    const evil = compileTransformations([{ kind: 'extract', pattern: '^(a|a|aa)+(x+x+)+y$' }]);
    const beganMs = performance.now();
    expect(evil('a'.repeat(1000))).toBeNull();
    expect(evil(`a${'x'.repeat(1000)}`)).toBeNull();
    // Backtracking would take longer than the universe has been there.
    expect(performance.now() - beganMs).toBeLessThan(5000);
    expect(evil('a'.repeat(2000))).toBeNull();
  });

  test('B80 an empty match is none, so that a prefix alone is no value', () => {
    const steps = [{ kind: 'extract', pattern: '^x(.*)$' } as const, { kind: 'prefix', prefix: 'ROLE_' } as const];
    expect([compileTransformations(steps)('x'), compileTransformations(steps)('xa')]).toEqual([null, 'ROLE_a']);
  });
});

describe('claims of a session', () => {
  test('B80 four are the session’s own, whatever a token says; the rest is bounded', () => {
    const session = sessionWith({}, {
      oid: 'forged', name: 'x', nonce: 'n', given_name: 'Al', tags: ['a', 1, 'b'], level: 3, nested: { a: 1 },
      long: 'x'.repeat(2000), __proto__: 'x', ...Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`c${n}`, 'x'.repeat(100)])),
    }); // prettier-ignore
    expect(['oid', 'tid', 'name', 'preferred_username'].flatMap((name) => claimValues(session, name))).toEqual([
      'u1', 't1', 'Alice', 'alice@contoso.example',
    ]); // prettier-ignore
    expect(claimValues(session, 'given_name')).toEqual(['Al']);
    expect(claimValues(session, 'tags')).toEqual(['a', 'b']);
    expect(claimValues(session, 'level')).toEqual(['3']);
    for (const none of ['nonce', 'nested', 'long', 'constructor', 'toString', 'c89']) {
      expect(claimValues(session, none)).toEqual([]);
    }
    expect(JSON.stringify(session.claims).length).toBeLessThan(6000);
    expect(readSessionClaims('not a token')).toEqual({});
  });

  test('B80 an address that the provider did not verify is none', () => {
    expect(claimValues(sessionWith({}, { email: 'a@b', email_verified: false }), 'email')).toEqual([]);
    expect(claimValues(sessionWith({}, { email: 'a@b', email_verified: true }), 'email')).toEqual(['a@b']);
  });
});

describe('assertions', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = { current: () => ({ id: 'k', createdAtMs: 0, privateKey, publicKey: {} }) };

  test('B81 one is signed anew before it runs out, and for a session that changed', () => {
    let nowMs = 1_700_000_000_000;
    const assertionOf = new IdentityAssertions({ issuer: 'https://p', keys, clock: () => nowMs }).forAudience('app');
    const session = sessionWith({});
    const token = assertionOf(session);
    nowMs += 149_000;
    expect(assertionOf(session)).toBe(token);
    nowMs += 1000;
    expect(decodeJwt(assertionOf(session)).exp).toBe(nowMs / 1000 + 300);
    expect(decodeJwt(assertionOf({ ...session, groups: ['new'] }))['groups']).toEqual(['new']);
  });

  test('B81 too many groups, or unknown ones, are said to be there and not named', () => {
    const assertionOf = new IdentityAssertions({ issuer: 'https://p', keys, clock: () => 0 }).forAudience('app');
    const groups = Array.from({ length: 60 }, () => randomUUID());
    const many = assertionOf(sessionWith({ groups }));
    expect(decodeJwt(many)).toMatchObject({ hasgroups: true });
    expect(decodeJwt(many)).not.toHaveProperty('groups');
    expect(many.length).toBeLessThan(1024);
    const unknown = sessionWith({}, { _claim_names: { groups: 'src1' } });
    expect(decodeJwt(assertionOf(unknown))).toMatchObject({ hasgroups: true });
    expect(decodeJwt(assertionOf(sessionWith({})))).toMatchObject({ groups: [] });
  });
});
