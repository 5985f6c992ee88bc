import { expect, test } from 'vitest';
import { sayReason } from '../../src-shared/errors/reasons.ts';
import { UNDESCRIBED_APPLICATION } from '../../src-shared/publishing/application-presentation.ts';
import { type Application, ON_PREMISES_PUBLISHING_DEFAULTS } from '../../src-shared/publishing/application.ts';
import { ConnectorConfigurations } from '../../src-service/publishing/connector-configurations.ts';
import { configurationsOf, findSizeProblem } from '../../src-service/publishing/group-configurations.ts';
import type { StoreChange } from '../../src-service/store/unit-of-work.ts';

/** What is too big takes its time on a machine that does other things too. */
const BIG = { timeout: 20_000 };

const GROUP = { id: 'group', name: 'Berlin', isDefault: true, connectorGroupType: 'applicationProxy' as const };

function makeApplication(index: number, backendTrustedCertificates: string | null = null): Application {
  return {
    id: `application-${index}`,
    appId: `app-${index}`,
    displayName: `Application ${index}`,
    createdDateTime: '2026-01-01T00:00:00.000Z',
    appRoleAssignmentRequired: true,
    appRoles: [],
    connectorGroupId: GROUP.id,
    ...UNDESCRIBED_APPLICATION,
    onPremisesPublishing: {
      ...ON_PREMISES_PUBLISHING_DEFAULTS,
      externalUrl: `https://application-${index}.example.com/`,
      internalUrl: `http://application-${index}.internal/`,
      backendTrustedCertificates,
    },
  };
}

const big = (count: number): Application[] =>
  Array.from({ length: count }, (_, index) => makeApplication(index, 'x'.repeat(65_536)));

test('ten thousand applications fit into what a connector takes', () => {
  const applications = Array.from({ length: 10_000 }, (_, index) => makeApplication(index));
  const configuration = configurationsOf(applications, [GROUP], 1).get(GROUP.id);
  expect(configuration && findSizeProblem(configuration)).toBeNull();
});

test('what does not fit is said with the group, its size and the way out', () => {
  const configuration = configurationsOf(big(1000), [GROUP], 1).get(GROUP.id);
  const problem = configuration && findSizeProblem(configuration);
  expect(problem && sayReason(problem)).toMatch(/"Berlin".* 62\.\d MiB.*another group/);
});

test('a configuration that no tunnel can carry leaves the last one in force and is reported', async () => {
  let applications = big(1);
  let version = 1;
  let tell: (change: StoreChange) => unknown = () => undefined;
  const errors: unknown[] = [];
  const configurations = new ConnectorConfigurations({
    source: {
      applications: { list: async () => applications },
      connectorGroups: { list: async () => [GROUP] },
      connectors: { list: async () => [] },
      configurationVersion: async () => version,
      onChange: (listener) => {
        tell = listener;
        return () => undefined;
      },
    },
    news: {
      onGroupChanged: () => undefined,
      onConnectorMoved: () => undefined,
      onConnectorRenamed: () => undefined,
      onConnectorDraining: () => undefined,
      onConnectorRemoved: () => undefined,
    },
    onError: (error) => errors.push(error),
  });
  await configurations.start();
  applications = big(1000);
  version = 2;
  tell({ kind: 'application', id: 'application-0' });
  await expect.poll(() => errors.length, BIG).toBe(1);
  expect(configurations.forGroup(GROUP.id).applications).toHaveLength(1);
  applications = big(2);
  version = 3;
  tell({ kind: 'application', id: 'application-0' });
  await expect.poll(() => configurations.forGroup(GROUP.id).applications.length, BIG).toBe(2);
  configurations.stop();
});
