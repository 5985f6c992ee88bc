import { readFileSync } from 'node:fs';
import type { MetricSources } from '../../src-service/operations/metric-sources.ts';
import { makeMetrics } from '../../src-service/operations/make-metrics.ts';
import { StoreHealth } from '../../src-service/store/database/store-health.ts';
import { Traffic } from '../../src-service/traffic/traffic.ts';
import { expect, test } from 'vitest';

const document = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const section = document.split('\n## Metrics\n')[1]?.split('\n## ')[0] ?? '';

const sources: MetricSources = {
  serviceVersion: '1.2.3',
  liveConnectors: () => [],
  connectorCertificateExpiry: () => null,
  relay: { counts: [], picks: { picks: 0, retries: 0 } },
  storeHealth: new StoreHealth(),
  traffic: new Traffic({ clock: () => 0, randomId: () => 'random' }),
  applications: () => 0,
  sessions: () => 0,
  signIns: () => 0,
  applicationLabels: 1,
  certificates: () => [],
};

/** Our own metrics with their kinds. */
async function metrics(): Promise<Map<string, string>> {
  const register = makeMetrics(sources);
  try {
    const lines = (await register.metrics()).matchAll(/^# TYPE (postern_\w+) (\w+)$/gm);
    return new Map(Array.from(lines, ([, name = '', kind = '']) => [name, kind]));
  } finally {
    register.clear();
  }
}

test('docs/operations.md and the service name the same metrics', async () => {
  const rows = section.split('\n').filter((line) => line.startsWith('| `postern_'));
  const documented = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(documented).toHaveLength(new Set(documented).size);
  expect(new Set(documented)).toEqual(new Set((await metrics()).keys()));
});

test('the alert rules ask for metrics that there are', async () => {
  const known = await metrics();
  const rules = /```yaml\n([^]*?)```/.exec(section)?.[1] ?? '';
  const asked = [...rules.matchAll(/\bpostern_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));
  expect(asked.length).toBeGreaterThan(8);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test('names follow the convention: base units, and _total for counters alone', async () => {
  for (const [name, kind] of await metrics()) {
    expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
    expect(name).not.toMatch(/_(ms|milliseconds|kilobytes|percent)/);
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
  }
});
