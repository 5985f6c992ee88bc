import { expect, test } from 'vitest';
import { emptyRule, readRule } from '../../src-renderer/features/settings/allow-list-draft.ts';

const TIMED = { ...emptyRule(), isTimed: true, timeZone: 'Europe/Berlin' };

test.each([
  ['addresses', { addresses: '10.0.0.0/33' }],
  ['addresses', { addresses: 'fe80::/200' }],
  ['hosts', { hosts: 'http://intranet.corp' }],
  ['ports', { ports: '99999' }],
  ['days', { days: [] }],
  ['from', { from: '7' }],
  ['until', { until: '25:00' }],
  ['until', { from: '08:00', until: '08:00' }],
  ['timeZone', { timeZone: 'Europe/Atlantis' }],
])('B70 the one field that is wrong is named, not the hours as a whole: %s for %o', (field, change) => {
  expect(readRule({ ...TIMED, ...change })).toEqual({ wrong: new Set([field]) });
});

test('B70 hours go on past midnight, names and addresses are those of URLs', () => {
  const hosts = 'bücher.example, *.münchen.example, [2001:DB8::1]';
  expect(readRule({ ...TIMED, hosts, ports: '443, 8000 - 8099', from: '22:00', until: '06:00' })).toMatchObject({
    rule: {
      hosts: ['xn--bcher-kva.example', '*.xn--mnchen-3ya.example', '2001:db8::1'],
      ports: [443, '8000-8099'],
      hours: [{ startTime: '22:00', endTime: '06:00' }],
    },
  });
});
