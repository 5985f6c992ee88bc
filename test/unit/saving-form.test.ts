import { expect, test } from 'vitest';
import { isSaving, saveOnce } from '../../src-renderer/features/applications/saving-form.ts';
import type { Application } from '../../src-shared/publishing/application.ts';

test('a form whose page was left and opened again while it was published was published twice', async () => {
  const { promise, resolve } = Promise.withResolvers<Application>();
  let count = 0;
  const save = (): Promise<Application> => {
    count += 1;
    return promise;
  };
  const first = saveOnce('a', save);
  expect(isSaving('a')).toBe(true);
  const again = saveOnce('a', save);
  const saved = { id: 'one' } as Application;
  resolve(saved);
  expect(await first).toBe(saved);
  expect(await again).toBe(saved);
  expect(count).toBe(1);
  expect(isSaving('a')).toBe(false);
});

test('a form that the service has refused can be sent again', async () => {
  await expect(saveOnce('a', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(isSaving('a')).toBe(false);
  const saved = { id: 'two' } as Application;
  expect(await saveOnce('a', () => Promise.resolve(saved))).toBe(saved);
});

test('a form that was opened while one that was given up was still saved took its answer for its own', async () => {
  const given = Promise.withResolvers<Application>();
  const first = saveOnce('a', () => given.promise);
  expect(isSaving('b')).toBe(false);
  const own = { id: 'own' } as Application;
  expect(await saveOnce('b', () => Promise.resolve(own))).toBe(own);
  given.resolve({ id: 'given up' } as Application);
  await first;
  expect(isSaving('a') || isSaving('b')).toBe(false);
});
