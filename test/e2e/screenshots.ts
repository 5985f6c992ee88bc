import path from 'node:path';
import type { Page } from '@playwright/test';
import { ROOT } from '../../scripts/run-command.ts';

/** Keeps a picture of a page for people to look at: `test-results/screenshots/NAME.png`. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({
    path: path.join(ROOT, 'test-results', 'screenshots', `${name}.png`),
    animations: 'disabled',
    caret: 'hide',
  });
}
