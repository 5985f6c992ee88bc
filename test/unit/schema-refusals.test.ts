import { describe, expect, test } from 'vitest';
import { applicationCreateSchema } from '../../src-shared/publishing/application.ts';
import { findSchemaProblems } from '../../src-renderer/features/applications/find-schema-problems.ts';
import { sayReason } from '../../src-shared/errors/reasons.ts';
import { findConfigurationProblems } from '../../src-shared/configuration/configuration-issues.ts';

const ROLE_ID = '11111111-1111-4111-8111-111111111111';

/** An application that breaks nearly every rule that the schema has of its own, and the general ones. */
const WRONG = {
  displayName: '',
  description: 'x'.repeat(5000),
  unheardOf: 1,
  appRoleAssignmentRequired: 'yes',
  appRoles: [
    { id: 'none', allowedMemberTypes: [], displayName: 'A', value: 'two words' },
    { id: '00000000-0000-0000-0000-000000000000', allowedMemberTypes: ['Dog'], displayName: 'B', value: '.b' },
  ],
  onPremisesPublishing: {
    internalUrl: 'http://a.corp/',
    backendHttpVersion: 'http3',
    applicationServerTimeoutSeconds: 4000,
    maximumConcurrentRequests: 1.5,
    accessTokenAudiences: ['a b'],
    isSecureCookieEnabled: null,
    segmentsConfiguration: {
      applicationSegments: [
        {
          externalUrl: 'https://a/',
          internalUrl: 'http://a/',
          corsConfigurations: [
            {
              resource: 'x*',
              allowedOrigins: ['app'],
              allowedHeaders: ['a*b'],
              allowedMethods: ['G T'],
              maxAgeInSeconds: -1,
            },
          ],
        },
      ],
    },
    singleSignOnSettings: {
      singleSignOnMode: 'oAuthToken',
      kerberosSignOnSettings: {},
      headerSignOnSettings: {
        rules: [
          {
            path: '/?',
            headers: [
              { name: '1', source: 'roles', transformations: [{ kind: 'upper' }] },
              { name: 'a', source: 'dice' },
              { name: 'b', source: 'constant', value: '\u0007' },
            ],
          },
        ],
      },
    },
    conditionalAccessPolicies: [
      {
        displayName: 'One',
        conditions: {
          users: {},
          locations: { includeLocations: ['here'], excludeLocations: ['there'] },
          times: {
            includeTimes: [
              { daysOfWeek: ['monday'], startTime: '25:00', endTime: '07:00', timeZone: '+01:00' },
              { daysOfWeek: ['monday'], startTime: '07:00', endTime: '07:00', timeZone: 'Europe/Berlin' },
            ],
          },
        },
        grantControls: { operator: 'OR', acrValues: ['"'] },
      },
      { displayName: 'Two', conditions: { users: { includeUsers: ['All'] } } },
      {
        displayName: 'Three',
        grantControls: { builtInControls: ['block', 'mfa'] },
        sessionControls: { signInFrequency: { type: 'days', value: 500 } },
      },
      {
        displayName: 'Four',
        grantControls: { builtInControls: ['block'] },
        sessionControls: { signInFrequency: { type: 'days', value: 5 } },
      },
    ],
  },
};

const TWICE = {
  displayName: 'Twice',
  appRoles: [
    { id: ROLE_ID, allowedMemberTypes: ['User'], displayName: 'A', value: 'a' },
    { id: ROLE_ID, allowedMemberTypes: ['User'], displayName: 'B', value: 'b' },
  ],
  onPremisesPublishing: { externalUrl: 'https://a/', internalUrl: 'http://a/' },
};

describe('what the schemas refuse', () => {
  test('each refusal has a reason, so that no English sentence stands in a German window', () => {
    for (const data of [WRONG, TWICE]) {
      const english = findSchemaProblems(applicationCreateSchema, data, 'en');
      const german = findSchemaProblems(applicationCreateSchema, data, 'de');
      expect(german.map(({ path }) => path)).toEqual(english.map(({ path }) => path));
      for (const [index, { path, message }] of german.entries()) {
        expect([path, message]).not.toEqual([path, english[index]?.message]);
        expect(message).toMatch(/^[A-ZÄÖÜ].*\.$/s);
      }
    }
    expect(findSchemaProblems(applicationCreateSchema, WRONG, 'de').length).toBeGreaterThan(25);
  });

  test('the service says the same as its reason, behind the value that it got', () => {
    const issues = applicationCreateSchema.safeParse(WRONG).error?.issues ?? [];
    const problems = findConfigurationProblems(issues, WRONG, applicationCreateSchema, { describeMissing: () => '' });
    for (const { message, reason } of problems) {
      if (reason === undefined) throw new Error(`${message}: has no reason.`);
      expect(message).toContain(sayReason(reason));
    }
  });

  test('a rule of ours keeps its reason where it stands in a union, an enumeration or a refinement', () => {
    const said = findSchemaProblems(applicationCreateSchema, WRONG, 'en').map(({ message }) => message);
    expect(said).toContain('must be All, an address or a network in CIDR notation, such as 203.0.113.0/24');
    expect(said).toContain('source must be claim, groups, roles or constant');
    expect(said).toContain('must not be the start; a whole day is 00:00 to 24:00');
    expect(findSchemaProblems(applicationCreateSchema, TWICE, 'de')).toMatchObject([
      { path: ['appRoles', 1, 'id'], message: `Eine andere Rolle hat schon ${ROLE_ID}.` },
    ]);
  });
});
