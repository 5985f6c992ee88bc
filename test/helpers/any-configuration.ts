import fc from 'fast-check';
import { onPremisesPublishingSchema } from '../../src-shared/publishing/application.ts';
import type { ConfigurationFileInput } from '../../src-service/transfer/configuration-file.ts';
import { logoDataUrl } from '../../src-service/transfer/logo-data-url.ts';
import { makeGif, makePng } from './logo-pictures.ts';
import type { TestCertificate } from './make-certificate.ts';

type ApplicationInput = NonNullable<ConfigurationFileInput['applications']>[number];

/** Texts that formats have trouble with, and any others; PostgreSQL keeps no NUL. */
const text = fc
  .oneof(
    fc.constantFrom(
      'yes',
      'null',
      '1.0',
      '0x1f',
      '2026-01-01',
      '- a',
      '# no comment',
      'a: b',
      'it\'s "so"',
      '&a *b',
      'ß Ø 漢',
    ),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom('first line\nsecond line\n  third', ' tab\there '),
  )
  .map((value) => value.replaceAll('\0', '').trim())
  .filter((value) => value !== '');
const line = text.map((value) => value.replaceAll(/\p{Cc}/gu, ' ').trim()).filter((value) => value !== '');
const flags = Object.entries(onPremisesPublishingSchema.shape)
  .filter(([name, schema]) => schema.safeParse(true).success && !/Scripts|allowIpHosts/.test(name))
  .map(([name]) => name);

const signOn = fc.record({
  singleSignOnMode: fc.constant('aadHeaderBased' as const),
  headerSignOnSettings: fc.record({
    rules: fc.tuple(
      fc.record({
        path: fc.constantFrom('/', '/reports', '/a/b'),
        headers: fc.uniqueArray(
          fc.record({
            name: fc.constantFrom('X-Remote-User', 'X-Team', 'X-Key'),
            source: fc.constant('constant' as const),
            value: line,
          }),
          { maxLength: 3, selector: ({ name }) => name },
        ),
      }),
    ),
  }),
});
const policy = fc.record({
  displayName: line,
  conditions: fc.record({
    users: fc.record({
      includeUsers: fc.constant<string[]>(['All']),
      excludeGroups: fc.array(fc.uuid(), { maxLength: 2 }),
    }),
  }),
  grantControls: fc.record({ builtInControls: fc.constantFrom<('block' | 'mfa')[]>(['block'], ['mfa']) }),
});

/** Any application; its host is put in by its place, so that no two are in each other's way. */
function anyApplication(groupNames: readonly string[]): fc.Arbitrary<(host: string) => ApplicationInput> {
  const roles = fc.uniqueArray(
    fc.record({
      id: fc.uuid(),
      displayName: text,
      value: fc.stringMatching(/^[a-z]{1,8}$/),
      allowedMemberTypes: fc.constant<('User' | 'Application')[]>(['User', 'Application']),
    }),
    { maxLength: 3, selector: ({ value }) => value },
  );
  return fc
    .record({
      displayName: text,
      description: fc.option(text),
      tags: fc.array(text, { maxLength: 3 }),
      logo: fc.option(fc.constantFrom(logoDataUrl(makePng(16, 16)), logoDataUrl(makeGif(20, 16, 1)))),
      appRoleAssignmentRequired: fc.boolean(),
      appRoles: roles,
      connectorGroup: fc.constantFrom(...groupNames),
      settings: fc.dictionary(fc.constantFrom(...flags), fc.boolean()),
      isComplex: fc.boolean(),
      signOn: fc.option(signOn),
      policies: fc.uniqueArray(policy, { maxLength: 2, selector: ({ displayName }) => displayName.trim() }),
      timeout: fc.option(fc.integer({ min: 1, max: 3600 })),
      principals: fc.uniqueArray(
        fc.record({
          principalType: fc.constantFrom('User' as const, 'Group' as const),
          principalId: fc.uuid(),
          principalDisplayName: line,
          role: fc.nat(3),
        }),
        { maxLength: 5, selector: ({ principalId }) => principalId },
      ),
    })
    .map(({ settings, isComplex, signOn, policies, timeout, principals, ...rest }) => (host) => {
      const urls = { externalUrl: `https://${host}/`, internalUrl: 'http://backend.internal:8080/' };
      const segment = {
        ...urls,
        corsConfigurations: [{ allowedOrigins: ['https://a.example'], allowedMethods: ['GET'] }],
      };
      const other = { externalUrl: `https://${host}/other/`, internalUrl: 'http://other.internal/' };
      return {
        ...rest,
        onPremisesPublishing: {
          ...urls,
          ...settings,
          ...(isComplex && { segmentsConfiguration: { applicationSegments: [segment, other] } }),
          ...(signOn && { singleSignOnSettings: signOn }),
          conditionalAccessPolicies: policies,
          applicationServerTimeoutSeconds: timeout,
        },
        assignments: principals.map(({ role, ...principal }) => {
          const value = rest.appRoles[role]?.value;
          return { ...principal, ...(value !== undefined && { appRole: value }) };
        }),
      };
    });
}

/** Any configuration with certificates from among these. */
export function anyConfiguration(certificates: readonly TestCertificate[]): fc.Arbitrary<ConfigurationFileInput> {
  return fc
    .uniqueArray(line, { maxLength: 3, selector: (name) => name.toLowerCase() })
    .map((names) => names.filter((name) => name.toLowerCase() !== 'default'))
    .chain((names) =>
      fc.record({
        version: fc.constant(1 as const),
        connectorGroups: fc.constant(['Default', ...names].map((name) => ({ name }))),
        applications: fc
          .array(anyApplication(['Default', ...names]), { maxLength: 4 })
          .map((makers) => makers.map((make, index) => make(`app${index}.example.com`))),
        certificates: fc
          .subarray([...certificates])
          .map((chosen) => chosen.map(({ cert, key }) => ({ chain: cert, privateKey: key }))),
      }),
    );
}
