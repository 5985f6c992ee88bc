import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyDraft } from '../../src-renderer/features/applications/application-draft.ts';
import {
  forgetForm,
  keepForm,
  type KeptForm,
  readKeptForm,
} from '../../src-renderer/features/applications/kept-form.ts';

const SERVICE_URL = 'https://access.example';
const FORM: KeptForm = {
  serviceUrl: SERVICE_URL,
  task: { kind: 'publish' },
  draft: emptyDraft('http://half.corp.example/'),
};

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
  keepForm(FORM);
  expect(readKeptForm(SERVICE_URL)).toEqual(FORM);
  expect(() => keepForm({ ...FORM, draft: { ...FORM.draft, description: 'x'.repeat(6_000_000) } })).not.toThrow();
  expect(readKeptForm(SERVICE_URL)).toEqual(FORM);
  forgetForm();
  expect(readKeptForm(SERVICE_URL)).toBeNull();
});

test('the form of an application of one service was filled in at another', () => {
  keepForm(FORM);
  expect(readKeptForm('https://elsewhere.example')).toBeNull();
  expect(readKeptForm(undefined)).toBeNull();
  expect(readKeptForm(SERVICE_URL)).toEqual(FORM);
});
