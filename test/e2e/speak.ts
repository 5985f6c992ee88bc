import type { Page } from '@playwright/test';
import type { PosternBridge } from '../../src-shared/ipc/contract.ts';
import type { Language } from '../../src-shared/text/language.ts';

/** Has the app speak a language, as its settings do; also where they can't be reached yet. */
export async function speak(page: Page, choice: Language): Promise<void> {
  await page.evaluate(async (language) => {
    const { postern } = window as unknown as { readonly postern: PosternBridge };
    await postern.setLanguage({ choice: language });
  }, choice);
}
