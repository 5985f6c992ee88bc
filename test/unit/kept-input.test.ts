import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forgetInput, keepInput, readKeptInput } from '../../src-renderer/stores/kept-input.ts';

const SERVICE_URL = 'https://access.example';
const FORM = { task: { kind: 'publish' }, draft: { displayName: 'Half-filled', description: '' } };

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => kept.delete(key),
    // As Chromium's.
    setItem: (key: string, value: string) => {
      if (2 * value.length > 10 * 1024 * 1024) throw new DOMException('exceeded', 'QuotaExceededError');
      kept.set(key, value);
    },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a form that is larger than a window may keep took the whole window away', () => {
  keepInput('application', SERVICE_URL, FORM);
  expect(readKeptInput('application', SERVICE_URL, null)).toEqual(FORM);
  const large = { ...FORM, draft: { ...FORM.draft, description: 'x'.repeat(6_000_000) } };
  expect(() => keepInput('application', SERVICE_URL, large)).not.toThrow();
  expect(readKeptInput('application', SERVICE_URL, null)).toEqual(FORM);
  forgetInput('application');
  expect(readKeptInput('application', SERVICE_URL, null)).toBeNull();
});

test('the form of an application of one service was filled in at another', () => {
  keepInput('application', SERVICE_URL, FORM);
  expect(readKeptInput('application', 'https://elsewhere.example', null)).toBeNull();
  expect(readKeptInput('application', undefined, null)).toBeNull();
  expect(readKeptInput('application', SERVICE_URL, null)).toEqual(FORM);
});

test('what was typed over settings that are others by now does not stand before them', () => {
  const saved = { recordDays: 30 };
  keepInput('retention', saved, { recordDays: '3' });
  expect(readKeptInput('retention', { recordDays: 30 }, null)).toEqual({ recordDays: '3' });
  expect(readKeptInput('retention', { recordDays: 7 }, null)).toBeNull();
  expect(readKeptInput('proxy', saved, null)).toBeNull();
});
