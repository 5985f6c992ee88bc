import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serviceAddresses } from '../../src-service/config/service-addresses.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../../src-service/store/migrations.ts';
import { convertEntra } from '../../src-service/transfer/entra/convert-entra.ts';
import { describeEntraReport } from '../../src-service/transfer/entra/entra-report.ts';
import { readGraphObjects } from '../../src-service/transfer/entra/graph-objects.ts';
import { writeConfigurationFile } from '../../src-service/transfer/export-configuration.ts';
import { planConfiguration } from '../../src-service/transfer/plan-configuration.ts';
import { parseConfigurationFile } from '../../src-service/transfer/read-configuration-file.ts';

const FIXTURES = 'test/fixtures/entra';
const EMPTY = {
  connectorGroups: [
    {
      id: DEFAULT_CONNECTOR_GROUP_ID,
      name: 'Default',
      isDefault: true,
      connectorGroupType: 'applicationProxy' as const,
    },
  ],
  applications: [],
  assignments: [],
  logos: new Map(),
  certificates: [],
  connectors: [],
};

const { file, notes } = convertEntra(readGraphObjects([FIXTURES]), 'apps.contoso.com');
const application = (name: string) => file.applications?.find(({ displayName }) => displayName === name);
const notesOf = (object: string): string[] => notes.filter((note) => note.object === object).map(({ field }) => field);

test('the answers of Graph for a tenant become a configuration that can be applied as it is', async () => {
  const read = parseConfigurationFile(writeConfigurationFile(file, 'yaml'), 'entra.yaml', {
    folder: '.',
    environment: {},
  });
  const plan = await planConfiguration(read, EMPTY, {
    rules: {
      addresses: serviceAddresses('https://postern.contoso.com'),
      additionalHosts: [],
      ownAudiences: [],
      identityProviderIds: ['default'],
    },
    isPruning: false,
    nowMs: Date.now(),
    randomId: () => 'new',
  });
  expect(plan.problems).toEqual([]);
  expect(plan.changes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'connectorGroup Finance network',
    'application Campus',
    'application Contoso Expenses',
    'application Intranet',
    'application Team sites',
    'assignment Contoso Expenses: User Megan Bowen as Expenses.Approve',
    'assignment Contoso Expenses: Group Sales and Marketing',
  ]);
});

test('settings, roles, groups and assignments are carried over with their ids', () => {
  expect(application('Contoso Expenses')).toMatchObject({
    id: 'bf21f7e9-9d25-4da2-82ab-7fdd85049f83',
    appId: '2b5bf37a-7fe8-4f0b-9b4b-8f8a3f0c1a01',
    connectorGroup: 'Finance network',
    web: { homePageUrl: 'https://expenses.contoso.com/start' },
    appRoles: [{ value: 'Expenses.Approve' }],
    onPremisesPublishing: { applicationServerTimeout: 'Long', isTranslateLinksInBodyEnabled: true },
    assignments: [
      { principalId: '33ad69f9-da99-4bed-acd0-3f24235cb296', appRole: 'Expenses.Approve' },
      { principalType: 'Group', principalDisplayName: 'Sales and Marketing' },
    ],
  });
  expect(application('Intranet')).toMatchObject({
    tags: ['HideApp'],
    appRoleAssignmentRequired: false,
    onPremisesPublishing: {
      externalUrl: 'https://intranet-contoso.apps.contoso.com/',
      externalAuthenticationType: 'passthru',
    },
  });
});

test('what an import can not carry is reported with what to do instead, and lets nobody in who could not enter before', () => {
  expect(notesOf('Contoso Expenses')).toEqual([
    'singleSignOnSettings',
    'verifiedCustomDomainCertificatesMetadata',
    'info.logoUrl',
  ]);
  expect(notesOf('Team sites')).toEqual([
    'externalUrl',
    'singleSignOnSettings',
    'wafProvider',
    'servicePrincipal',
    'connectorGroup',
  ]);
  expect(notesOf('Remote Desktop')).toEqual(['applicationType']);
  expect(application('Team sites')).toMatchObject({ appRoleAssignmentRequired: true, assignments: [] });
  expect(application('Campus')?.onPremisesPublishing.isOnPremPublishingEnabled).toBe(false);
  const report = describeEntraReport(notes);
  for (const word of [
    'HTTP/expenses.corp.contoso.com',
    'PingAccess',
    'SAML',
    'enrolment token for the group Finance network',
  ]) {
    expect(report).toContain(word);
  }
  expect(notes.every(({ reason, instead }) => reason !== '' && instead !== '')).toBe(true);
});

test('files that are no answers of Graph are refused by name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-entra-'));
  try {
    expect(() => readGraphObjects([folder])).toThrow('there is no .json file');
    writeFileSync(
      join(folder, 'a.json'),
      '{"onPremisesPublishing": {"externalUrl": 7}, "id": "a", "appId": "b", "displayName": "c"}',
    );
    expect(() => readGraphObjects([folder])).toThrow(/a\.json can't be read: it is no answer of Graph/);
    writeFileSync(join(folder, 'a.json'), '{');
    expect(() => readGraphObjects([folder])).toThrow("a.json can't be read");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
