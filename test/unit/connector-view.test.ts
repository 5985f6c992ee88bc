import { expect, test } from 'vitest';
import { describeStateNow, findUnserved, isOlder } from '../../src-renderer/features/connectors/connector-view.ts';
import type { ConnectorLists } from '../../src-renderer/features/connectors/use-connector-lists.ts';
import { formatIn } from '../../src-renderer/ui/format.ts';
import { type Connector, connectorSchema } from '../../src-shared/publishing/application.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';

const NOW_MS = Date.UTC(2026, 10, 28, 12);
const text = CATALOGUES.en.connectors;

function connector(change: Partial<Connector>): Connector {
  return connectorSchema.parse({
    id: 'one',
    machineName: 'vm',
    externalIp: null,
    status: 'active',
    displayName: 'One',
    version: '0.9.0',
    connectorGroupId: 'berlin',
    enrolmentTokenId: null,
    tunnels: 2,
    canaryMs: null,
    certificateExpiryDateTime: '2026-12-28T12:00:00Z',
    createdDateTime: '2026-11-28T12:00:00Z',
    lastSeenDateTime: null,
    ...change,
  });
}

test('a connector is older than the service by numbers, not by letters', () => {
  const older = ['0.9.0', '0.10.0', '0.10.1', '1.0.0'].map((version) => isOlder(connector({ version }), '0.10.1'));
  expect(older).toEqual([true, true, false, false]);
  expect(isOlder(connector({}), '')).toBe(false);
});

test('an application was moved without a word to a group of which no connector takes requests', () => {
  const group = { id: 'berlin', name: 'Berlin', isDefault: false, connectorGroupType: 'applicationProxy' } as const;
  const find = (change: Partial<Connector>): string | null =>
    findUnserved('Intranet', group, { connectors: [connector(change)] } as unknown as ConnectorLists, text);
  expect(find({})).toBeNull();
  for (const change of [{ status: 'inactive' }, { isDraining: true }, { connectorGroupId: 'other' }] as const) {
    expect(find(change)).toContain('No connector of “Berlin” takes requests: Intranet');
  }
});

test.each([
  ['en', '2026-11-28T11:57:00Z', 'last seen 3 min ago'],
  ['en', '2026-11-28T12:00:09Z', 'last seen 0 sec ago'],
  ['de', '2026-11-28T10:00:00Z', 'zuletzt vor 2 Std.'],
  ['de', '2026-11-25T11:00:00Z', 'zuletzt vor 3 Tagen'],
] as const)('in %s a connector that was seen at %s: %s', (language, lastSeenDateTime, expected) => {
  formatIn(language);
  const away = connector({ status: 'inactive', lastSeenDateTime });
  expect(describeStateNow(away, NOW_MS, CATALOGUES[language].connectors)).toBe(expected);
});
