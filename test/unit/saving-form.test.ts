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
  const first = saveOnce(save);
  expect(isSaving()).toBe(true);
  const again = saveOnce(save);
  const saved = { id: 'one' } as Application;
  resolve(saved);
  expect(await first).toBe(saved);
  expect(await again).toBe(saved);
  expect(count).toBe(1);
  expect(isSaving()).toBe(false);
});

test('a form that the service has refused can be sent again', async () => {
  await expect(saveOnce(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(isSaving()).toBe(false);
  const saved = { id: 'two' } as Application;
  expect(await saveOnce(() => Promise.resolve(saved))).toBe(saved);
});
