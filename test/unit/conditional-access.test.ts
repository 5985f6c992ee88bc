import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../src-service/edge/conditional-access/compile-policies.ts';
import { evaluatePolicies } from '../../src-service/edge/conditional-access/evaluate-policies.ts';
import { compileTimeWindows } from '../../src-shared/publishing/time-windows.ts';
import {
  isRequirementMet,
  joinRequirements,
  readRequirement,
  requirementParameters,
} from '../../src-service/identity/authentication-requirement.ts';
import {
  type ConditionalAccessPolicy,
  conditionalAccessPolicySchema,
} from '../../src-shared/publishing/conditional-access.ts';
import { makeSession } from '../helpers/make-session.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 12);

function compile(policy: object): ReturnType<ReturnType<typeof compilePolicy>> {
  return compilePolicy(conditionalAccessPolicySchema.parse({ displayName: 'P', ...policy }))(['https://a.example/']);
}

describe('time windows', () => {
  const window = (startTime: string, endTime: string, day = 'sunday'): ((at: string) => boolean) => {
    const isInside = compileTimeWindows([
      { daysOfWeek: [day as 'sunday'], startTime, endTime, timeZone: 'Europe/Berlin' },
    ]);
    return (at) => isInside(Date.parse(at));
  };

  test('the clock of the zone decides on the days on which it is put forward and back', () => {
    const isOpen = window('02:00', '04:00');
    // 29 March 2026: from 01:59 on to 03:00. 25 October 2026: from 02:59 back to 02:00.
    const spring = ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z', '2026-03-29T01:59:00Z', '2026-03-29T02:00:00Z'];
    expect(spring.map(isOpen)).toEqual([false, true, true, false]);
    const autumn = ['2026-10-24T23:59:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'];
    expect([...autumn, '2026-10-25T03:00:00Z'].map(isOpen)).toEqual([false, true, true, true, false]);
  });

  test('one that ends before it begins goes on into the day after, and into no other', () => {
    const isOpen = window('22:00', '06:00', 'friday');
    const times = [
      '2026-01-02T20:59Z',
      '2026-01-02T21:00Z',
      '2026-01-03T04:59Z',
      '2026-01-03T05:00Z',
      '2026-01-03T22:00Z',
    ];
    expect(times.map(isOpen)).toEqual([false, true, true, false, false]);
  });
});

test('networks of IPv4 and IPv6 are told apart, and an address that nobody can read has no exception', () => {
  const conditions = { locations: { excludeLocations: ['203.0.113.0/24', '2001:db8::/32'] } };
  const policy = compile({ conditions, grantControls: { builtInControls: ['block'] } });
  const isBlocked = (remoteAddress: string): boolean =>
    evaluatePolicies([policy], { session: makeSession(), remoteAddress, nowMs: NOW_MS }).kind === 'block';
  expect(['203.0.113.9', '2001:db8:1::9'].map(isBlocked)).toEqual([false, false]);
  expect(['203.0.114.9', '2001:db9::1', 'unknown', ''].map(isBlocked)).toEqual([true, true, true, true]);
});

test('a sign-in counts as long as it is recent, by the clock skew that is tolerated and no more', () => {
  const requirement = { acrValues: [], amrValues: [], maxAgeSeconds: 60 };
  const isMet = (secondsAgo: number): boolean =>
    isRequirementMet(makeSession({ authenticatedAtMs: NOW_MS - secondsAgo * 1000 }), requirement, NOW_MS);
  expect([0, 60, 90, 91].map(isMet)).toEqual([true, true, true, false]);
});

test("an authentication context counts in acr and in Entra's acrs", () => {
  const requirement = { acrValues: [['c1', 'c2']], amrValues: [], maxAgeSeconds: null };
  const isMet = (fields: object): boolean => isRequirementMet(makeSession(fields), requirement, NOW_MS);
  expect(isMet({ acr: 'c2' })).toBe(true);
  expect(isMet({ claims: { acrs: ['p1', 'c1'] } })).toBe(true);
  expect(isMet({ acr: 'c1 c2', claims: { acrs: 'c3' } })).toBe(false);
});

const values = fc.uniqueArray(fc.constantFrom('c1', 'c2', 'mfa', 'hwk', 'urn:x'), { minLength: 1, maxLength: 4 });
const requirements = fc.record({
  acrValues: fc.array(values, { maxLength: 3 }),
  amrValues: fc.array(values, { maxLength: 3 }),
  maxAgeSeconds: fc.option(fc.integer({ min: 0, max: 86_400 })),
});

test('what is asked for survives the way through the browser', () => {
  fc.assert(
    fc.property(requirements, (requirement) => {
      const read = readRequirement(new URLSearchParams(requirementParameters(requirement)));
      const { acrValues, amrValues, maxAgeSeconds } = requirement;
      const isNothing = acrValues.length === 0 && amrValues.length === 0 && maxAgeSeconds === null;
      expect(read).toEqual(isNothing ? null : requirement);
    }),
  );
});

const sessions = fc
  .record({
    acr: fc.constantFrom(null, 'c1', 'c2'),
    amr: fc.subarray(['pwd', 'mfa', 'hwk']),
    age: fc.integer({ min: 0, max: 90_000 }),
  })
  .map(({ acr, amr, age }) => makeSession({ acr, amr, authenticatedAtMs: NOW_MS - age * 1000 }));

test('requirements joined are met exactly where each is', () => {
  fc.assert(
    fc.property(fc.array(requirements, { minLength: 1, maxLength: 4 }), sessions, (all, session) => {
      const isEachMet = all.every((requirement) => isRequirementMet(session, requirement, NOW_MS));
      expect(isRequirementMet(session, joinRequirements(all), NOW_MS)).toBe(isEachMet);
    }),
  );
});

const policies: fc.Arbitrary<ConditionalAccessPolicy> = fc
  .record({
    state: fc.constantFrom('enabled', 'disabled', 'enabledForReportingButNotEnforced'),
    users: fc.constantFrom(null, { includeUsers: ['u1'] }, { includeUsers: ['All'], excludeUsers: ['u1'] }),
    locations: fc.constantFrom(null, { includeLocations: ['10.0.0.0/8'] }, { excludeLocations: ['10.0.0.0/8'] }),
    grantControls: fc.constantFrom({ builtInControls: ['block'] }, { builtInControls: ['mfa'] }, { acrValues: ['c1'] }),
  })
  .map(({ users, locations, ...rest }) =>
    conditionalAccessPolicySchema.parse({ displayName: 'P', conditions: { users, locations }, ...rest }),
  );

test('the order of policies changes nothing but the name, a block settles it, and those that are off say nothing', () => {
  fc.assert(
    fc.property(fc.array(policies, { maxLength: 5 }), sessions, fc.boolean(), (all, session, isInside) => {
      const compiled = all.map((policy) => compilePolicy(policy)(['https://a.example/']));
      const request = { session, remoteAddress: isInside ? '10.1.1.1' : '192.0.2.1', nowMs: NOW_MS };
      const decision = evaluatePolicies(compiled, request);
      expect(evaluatePolicies(compiled.toReversed(), request).kind).toBe(decision.kind);
      expect(
        evaluatePolicies(
          compiled.filter(({ state }) => state === 'enabled'),
          request,
        ).kind,
      ).toBe(decision.kind);
      const single = compiled.map((policy) => evaluatePolicies([policy], request).kind);
      const worst = single.includes('block') ? 'block' : single.includes('stepUp') ? 'stepUp' : 'grant';
      expect(decision.kind).toBe(worst);
    }),
  );
});
