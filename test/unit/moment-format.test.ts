import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { momentFormat } from '../../src-renderer/features/overview/moment-format.ts';
import { formatIn, formatTimeOfDay } from '../../src-renderer/ui/format.ts';

const SUMMER_MS = Date.UTC(2026, 9, 25, 0, 30);
const WINTER_MS = Date.UTC(2026, 9, 25, 1, 30);
const zone = process.env['TZ'];

beforeEach(() => {
  process.env['TZ'] = 'Europe/Berlin';
  formatIn('de');
});

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
  formatIn('en');
});

test('the hour that comes twice when clocks are put back could not be told from itself', () => {
  for (const range of ['hour', 'day', 'week'] as const) {
    const { formatMoment } = momentFormat(range);
    expect(formatMoment(SUMMER_MS)).toMatch(/02:30 MESZ$/);
    expect(formatMoment(WINTER_MS)).toMatch(/02:30 MEZ$/);
    expect(formatMoment(WINTER_MS + 3_600_000)).toMatch(/03:30$/);
  }
});

test('milliseconds stood behind a full stop in German', () => {
  expect(formatTimeOfDay(SUMMER_MS + 7_042)).toBe('02:30:07,042');
  formatIn('en');
  expect(formatTimeOfDay(SUMMER_MS + 7_042)).toBe('02:30:07.042');
});
