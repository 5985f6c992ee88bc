import path from 'node:path';

import { expect, test } from '@playwright/test';

import { startDokuWiki } from '../helpers/start-dokuwiki.ts';
import { startTrial } from '../helpers/start-trial.ts';
import { launchBrowser } from './browser.ts';

const RESULTS = path.join(import.meta.dirname, '..', '..', 'test-results');

const endings: Array<() => Promise<unknown>> = [];
test.afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

test('real input: DokuWiki behind Postern: alice signs in, writes a page, saves it and reads it', async () => {
  const browser = await launchBrowser();
  endings.push(() => browser.close());
  const wiki = await startDokuWiki('Contoso wiki');
  endings.push(() => wiki.close());
  const trial = await startTrial();
  endings.push(() => trial.stop());
  const { externalUrl } = await trial.publish('wiki', wiki.url, {
    appRoleAssignmentRequired: false,
    onPremisesPublishing: { externalAuthenticationType: 'aadPreAuthentication' },
  });
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const failures: string[] = [];
  page.on('response', (response) => {
    if (response.status() >= 500) failures.push(`${response.status()} ${response.url()}`);
  });
  page.on('pageerror', (error) => failures.push(error.message));

  await page.goto(`${externalUrl}doku.php?id=start`);
  await page.getByLabel('User name').fill('alice');
  await page.getByLabel('Password').fill(trial.password('alice'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${externalUrl}doku.php?id=start`);
  await expect(page.getByRole('banner').getByRole('link', { name: /Contoso wiki/ })).toBeVisible();

  await page.goto(`${externalUrl}doku.php?id=start&do=edit`);
  const text =
    '====== Behind the postern ======\n\nWritten through the tunnel: **äöü €**, and\n\n  * a list\n  * of two\n';
  await page.locator('#wiki__text').fill(text);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Behind the postern' })).toBeVisible();
  await expect(page.getByText('äöü €')).toBeVisible();
  // Saving answers with a redirect to the inside address (B26).
  expect(new URL(page.url()).origin).toBe(new URL(externalUrl).origin);

  await page.goto(`${externalUrl}doku.php?id=start&do=revisions`);
  await expect(page.getByText('created').first()).toBeVisible();
  await page.goto(`${externalUrl}doku.php?id=start`);
  await page.screenshot({ path: path.join(RESULTS, 'dokuwiki.png') });
  expect(failures).toEqual([]);
});
