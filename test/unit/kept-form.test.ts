import { afterEach, expect, test, vi } from 'vitest';
import { emptyDraft } from '../../src-renderer/features/applications/application-draft.ts';
import {
  forgetForm,
  keepForm,
  type KeptForm,
  readKeptForm,
} from '../../src-renderer/features/applications/kept-form.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a form that is larger than a window may keep took the whole window away', () => {
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
  const form: KeptForm = { task: { kind: 'publish' }, draft: emptyDraft('http://half.corp.example/') };
  keepForm(form);
  expect(readKeptForm()).toEqual(form);
  expect(() => keepForm({ ...form, draft: { ...form.draft, description: 'x'.repeat(6_000_000) } })).not.toThrow();
  expect(readKeptForm()).toEqual(form);
  forgetForm();
  expect(readKeptForm()).toBeNull();
});
