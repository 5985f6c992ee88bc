import { describe, expect, test } from 'vitest';
import { appRolesInputSchema } from '../../src-shared/publishing/app-roles.ts';
import { conditionalAccessPoliciesSchema } from '../../src-shared/publishing/conditional-access.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import { describePolicy } from '../../src-renderer/features/applications/conditions/describe-policy.ts';
import { findPolicyProblems } from '../../src-renderer/features/applications/conditions/find-policy-problems.ts';
import {
  makePolicy,
  makeTimeWindow,
  NO_CONTROLS,
  NOBODY,
  type PolicyDraft,
  readPolicies,
  shutsEverybodyOut,
  tidyPolicy,
} from '../../src-renderer/features/applications/conditions/policy-draft.ts';
import { policyExamples } from '../../src-renderer/features/applications/conditions/policy-examples.ts';
import { readTime } from '../../src-renderer/features/applications/conditions/read-time.ts';
import {
  describeRole,
  findRoleProblems,
  makeRole,
  readRoles,
} from '../../src-renderer/features/applications/conditions/role-draft.ts';
import { segmentUrls } from '../../src-renderer/features/applications/conditions/segment-urls.ts';

const BERLIN = 'Europe/Berlin';
const BLOCK = { ...NO_CONTROLS, builtInControls: ['block' as const] };

function policy(
  conditions: Partial<PolicyDraft['conditions']>,
  rest: Partial<Omit<PolicyDraft, 'conditions'>> = {},
): PolicyDraft {
  const made = makePolicy('Rule');
  return { ...made, ...rest, conditions: { ...made.conditions, ...conditions } };
}

function say(subject: PolicyDraft, language: 'en' | 'de' = 'en'): string {
  return describePolicy(subject, CATALOGUES[language].conditions.summary, language, BERLIN);
}

const outside = { includeLocations: ['All'], excludeLocations: ['203.0.113.0/24'] };

describe('B19 a condition as a form', () => {
  test('what the service stores is read and written as it is', () => {
    const stored = conditionalAccessPoliciesSchema.parse([
      {
        displayName: 'Office hours',
        conditions: {
          users: { includeUsers: ['All'], excludeGroups: ['night-shift'] },
          times: { excludeTimes: [{ daysOfWeek: ['monday'], startTime: '07:00', timeZone: BERLIN }] },
        },
        grantControls: { builtInControls: ['block'] },
      },
      {
        displayName: 'MFA',
        state: 'disabled',
        conditions: { locations: { excludeLocations: ['203.0.113.0/24'] } },
        grantControls: { acrValues: ['c1'] },
        sessionControls: { signInFrequency: { type: 'hours', value: 8 } },
      },
    ]);
    expect(readPolicies(stored)).toEqual(stored);
    expect(readPolicies(stored)?.map(tidyPolicy)).toEqual(stored);
  });

  test('what the form cannot show stays JSON, and nothing is lost', () => {
    // Nowhere, and not everywhere.
    expect(readPolicies([{ conditions: { locations: { includeLocations: [] } } }])).toBeNull();
    expect(readPolicies([{ conditions: { segments: { includeSegments: [] } } }])).toBeNull();
    expect(readPolicies([{ displayName: 'New', conditions: { platforms: ['iOS'] } }])).toBeNull();
    expect(readPolicies([{ displayName: 'New', grantControls: { builtInControls: ['compliantDevice'] } }])).toBeNull();
    expect(readPolicies([{ displayName: 'New', grantControls: { operator: 'OR' } }])).toBeNull();
    expect(readPolicies({})).toBeNull();
    expect(readPolicies(undefined)).toEqual([]);
  });

  test('conditions and controls that say nothing are left out', () => {
    const empty = policy({
      users: { ...NOBODY, includeUsers: ['All'] },
      locations: { includeLocations: ['All'], excludeLocations: [] },
      times: { includeTimes: [], excludeTimes: [] },
      segments: { includeSegments: ['All'], excludeSegments: [] },
    });
    expect(tidyPolicy({ ...empty, sessionControls: { signInFrequency: null } })).toEqual(policy({}));
    const nobodyYet = policy({ users: NOBODY });
    expect(tidyPolicy(nobodyYet)).toEqual(nobodyYet);
  });

  test('one line says what it does, in English and German', () => {
    const blocked = policy({ locations: outside }, { grantControls: BLOCK });
    expect(say(blocked)).toBe('Blocks everyone outside 203.0.113.0/24');
    expect(say(blocked, 'de')).toBe('Sperrt alle außerhalb von 203.0.113.0/24');
    const nights = policy({
      times: { includeTimes: [{ ...makeTimeWindow(BERLIN), startTime: '18:00', endTime: '07:00' }], excludeTimes: [] },
    });
    expect(say(nights)).toBe('Asks everyone for MFA on weekdays 18:00–07:00');
    expect(say(nights, 'de')).toBe('Verlangt MFA für alle Mo–Fr 18:00–07:00');
    const much = policy(
      {
        users: { ...NOBODY, includeUsers: ['a', 'b'], includeGroups: ['g'], excludeRoles: ['Ledger.Audit'] },
        locations: { includeLocations: ['10.0.0.0/8', '192.0.2.1', '192.0.2.2'], excludeLocations: [] },
        times: {
          includeTimes: [],
          excludeTimes: [
            { daysOfWeek: ['sunday', 'saturday'], startTime: '00:00', endTime: '24:00', timeZone: 'Asia/Tokyo' },
            { daysOfWeek: ['wednesday', 'monday'], startTime: '08:00', endTime: '12:00', timeZone: BERLIN },
          ],
        },
        segments: { includeSegments: ['https://hr.example.com/'], excludeSegments: [] },
      },
      {
        state: 'enabledForReportingButNotEnforced',
        grantControls: { ...NO_CONTROLS, acrValues: ['c1', 'c2'], amrValues: ['hwk'] },
        sessionControls: { signInFrequency: { isEnabled: true, type: 'hours', value: 1 } },
      },
    );
    expect(say(much)).toBe(
      'Only reported: Asks 2 people and 1 group but those with the role Ledger.Audit for acr c1 or c2, amr hwk and a sign-in of the last hour from 10.0.0.0/8, 192.0.2.1 and 1 more except at weekends (Asia/Tokyo) and on Mon, Wed 08:00–12:00 at https://hr.example.com/',
    );
    expect(say(much, 'de')).toBe(
      'Nur gemeldet: Verlangt acr c1 oder c2, amr hwk und eine Anmeldung der letzten Stunde für 2 Personen und 1 Gruppe außer Rolle Ledger.Audit aus 10.0.0.0/8, 192.0.2.1 und 1 weitere außer am Wochenende (Asia/Tokyo) und Mo, Mi 08:00–12:00 in https://hr.example.com/',
    );
  });

  test.each(['en', 'de'] as const)('what is wrong stands at its field, in words (%s)', (language) => {
    const text = CATALOGUES[language].conditions;
    const { problems } = text;
    const wrong = policy(
      {
        users: NOBODY,
        locations: { includeLocations: ['10.0.0.0/8', 'office'], excludeLocations: [''] },
        times: {
          includeTimes: [
            { ...makeTimeWindow(BERLIN), daysOfWeek: [] },
            { ...makeTimeWindow(BERLIN), endTime: '25:00' },
          ],
          excludeTimes: [{ ...makeTimeWindow(BERLIN), endTime: '07:00' }, { ...makeTimeWindow('Berlin') }],
        },
      },
      {
        displayName: ' ',
        grantControls: { ...NO_CONTROLS, acrValues: ['"'], amrValues: Array.from({ length: 9 }, (_, at) => `a${at}`) },
        sessionControls: { signInFrequency: { isEnabled: true, type: 'days', value: 366 } },
      },
    );
    expect(findPolicyProblems(wrong, language)).toEqual({
      displayName: problems.name,
      users: problems.nobody,
      includeLocations: problems.network('office'),
      excludeLocations: problems.noNetwork,
      'includeTimes.0': problems.noDay,
      'includeTimes.1': problems.time,
      'excludeTimes.0': problems.sameTime,
      'excludeTimes.1': problems.timeZone,
      acrValues: problems.value,
      amrValues: problems.tooMany,
      signInFrequency: problems.frequency,
    });
    expect(findPolicyProblems(policy({}, { grantControls: null }), language)).toEqual({
      grantControls: problems.nothing,
    });
    expect(findPolicyProblems(policy({ locations: outside }), language)).toEqual({});
  });

  test('a rule was not left in English: what stands beside a block, and an id that is too long', () => {
    const { beside } = CATALOGUES.de.conditions.problems;
    const frequency = { signInFrequency: { isEnabled: true, type: 'hours' as const, value: 8 } };
    expect(findPolicyProblems(policy({}, { grantControls: BLOCK, sessionControls: frequency }), 'de')).toEqual({
      grantControls: beside,
    });
    const both = { ...BLOCK, acrValues: ['c1'] };
    expect(findPolicyProblems(policy({}, { grantControls: both }), 'de')).toEqual({ grantControls: beside });
    const long = policy({ users: { ...NOBODY, includeUsers: ['x'.repeat(1000)] } });
    expect(findPolicyProblems(long, 'de').users).toBe('Die Höchstlänge ist 256 Zeichen.');
  });

  test('the examples are whole but for the network, which is refused until it is given', () => {
    const text = CATALOGUES.en.conditions;
    const [ourNetwork, mfaOutside, officeHours] = policyExamples(text, BERLIN).map((example) => example.policy);
    for (const example of [ourNetwork, mfaOutside]) {
      expect(example && findPolicyProblems(example, 'en')).toEqual({ excludeLocations: text.problems.noNetwork });
    }
    expect(officeHours && findPolicyProblems(officeHours, 'en')).toEqual({});
    expect(officeHours && say(officeHours)).toBe('Blocks everyone except on weekdays 07:00–19:00');
    expect(ourNetwork && say(ourNetwork)).toBe('Blocks everyone outside a network still to be given');
  });

  test('a policy that shuts everybody out for good is noticed', () => {
    expect(shutsEverybodyOut(policy({}, { grantControls: BLOCK }))).toBe(true);
    expect(shutsEverybodyOut(policy({}, { grantControls: BLOCK, state: 'disabled' }))).toBe(false);
    expect(shutsEverybodyOut(policy({ locations: outside }, { grantControls: BLOCK }))).toBe(false);
    expect(shutsEverybodyOut(policy({}))).toBe(false);
  });

  test.each([
    ['7', '07:00'],
    ['730', '07:30'],
    ['7.30', '07:30'],
    ['19:05', '19:05'],
    ['24:00', '24:00'],
    ['noon', 'noon'],
    ['', ''],
  ])('a time typed as %j is %j', (typed, time) => {
    expect(readTime(typed)).toBe(time);
  });

  test('the segments of an application are read from its JSON', () => {
    const segment = { externalUrl: 'https://hr.example.com/', internalUrl: 'http://hr/' };
    expect(segmentUrls(JSON.stringify({ applicationSegments: [segment] }))).toEqual(['https://hr.example.com/']);
    expect(segmentUrls('')).toEqual([]);
    expect(segmentUrls('{"applicationSegments": 1}')).toEqual([]);
  });
});

describe('B19 a role as a form', () => {
  const id = '9f3e1c2a-5b7a-4c0e-9d58-0c1d6f3a7b11';
  const role = { ...makeRole(id), displayName: 'Auditors', value: 'Ledger.Audit' };

  test('what the service stores is read as it is; anything else stays JSON', () => {
    const stored = appRolesInputSchema.parse([role]);
    expect(readRoles(stored)).toEqual(stored);
    expect(readRoles([{ ...role, origin: 'Application' }])).toBeNull();
    expect(readRoles([{ ...role, id: 'auditors' }])).toBeNull();
    expect(readRoles([role, role])).toBeNull();
    expect(readRoles(undefined)).toEqual([]);
  });

  test('one line says who can have it', () => {
    expect(describeRole(role, CATALOGUES.en.appRoles)).toBe('Ledger.Audit, for users');
    expect(
      describeRole({ ...role, isEnabled: false, allowedMemberTypes: ['User', 'Application'] }, CATALOGUES.de.appRoles),
    ).toBe('Aus: Ledger.Audit, für Personen und Programme');
  });

  test('what is wrong stands at its field', () => {
    const { problems } = CATALOGUES.en.appRoles;
    const wrong = { ...role, displayName: '', value: 'two words', allowedMemberTypes: [] };
    expect(findRoleProblems(wrong, [wrong], CATALOGUES.en.appRoles)).toEqual({
      displayName: problems.name,
      value: problems.value,
      allowedMemberTypes: problems.members,
    });
    const other = { ...role, id: '1f3e1c2a-5b7a-4c0e-9d58-0c1d6f3a7b11' };
    expect(findRoleProblems(role, [role, other], CATALOGUES.en.appRoles)).toEqual({ value: problems.taken });
    expect(findRoleProblems(role, [role], CATALOGUES.en.appRoles)).toEqual({});
  });
});
