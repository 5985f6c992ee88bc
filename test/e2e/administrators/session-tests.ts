import { type Locator, type BrowserContext, expect, test } from '@playwright/test';
import { signInAs } from '../browser.ts';
import { keepScreenshot } from '../screenshots.ts';
import { speak } from '../speak.ts';
import { browser, go, look, page, world } from './administrator-session.ts';

/** What Alice opens, and her two browsers. */
let intranet: string;
let firefox: BrowserContext;
let chromium: BrowserContext;

/** The page “Sessions”: who is signed in at the applications. */
export function testSessions(): void {
  test('B22 an administrator sees who is signed in, and finds them by name, device and address', async () => {
    await go('Sessions');
    await expect(page.getByText('Nobody is signed in')).toBeVisible();
    await look('sessions-none');
    await go('Applications');
    intranet = await page
      .getByRole('row', { name: /^Intranet/ })
      .getByRole('button', { name: /^http/ })
      .innerText();
    firefox = await openAs('alice', intranet, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0');
    chromium = await openAs('alice', intranet);
    await openAs('bob', world.serviceUrl);
    await go('Sessions');
    // The head of the table is a row, too.
    await expect(sessionRows()).toHaveCount(4);
    await expect(sessionRows().filter({ hasText: 'Firefox on Linux' })).toContainText(/Alice Archer.*127\.0\.0\.1/);
    await look('sessions');
    await speak(page, 'de');
    await expect(page.getByRole('columnheader', { name: 'Zuletzt benutzt' })).toBeVisible();
    await keepScreenshot(page, 'sessions-german');
    await page.getByRole('button', { name: 'Aktionen für Alice Archer auf Firefox unter Linux' }).click();
    await page.getByRole('menuitem', { name: 'Diese Sitzung beenden' }).click();
    await expect(page.getByRole('alertdialog')).toContainText('Das lässt sich nicht rückgängig machen');
    await keepScreenshot(page, 'session-end-german');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Abbrechen' }).click();
    // It was found by the English name of its device alone, which no German window shows.
    const found = page.getByRole('searchbox', { name: 'Sitzungen suchen' });
    await found.fill('Firefox unter L');
    await expect(page.getByText('Firefox unter Linux')).toBeVisible();
    await expect(page.getByRole('table').getByRole('row')).toHaveCount(2);
    await found.fill('');
    await speak(page, 'en');
    const search = page.getByRole('searchbox', { name: 'Search sessions' });
    await search.fill('ali');
    await expect(sessionRows()).toHaveCount(3);
    await search.fill('firefox');
    await expect(sessionRows()).toHaveCount(2);
    await search.fill('nobody’s');
    await expect(page.getByText('No session matches.')).toBeVisible();
    await search.fill('');
  });

  test('B22 one session ends, then everything of a person, once the administrator has confirmed it', async () => {
    const confirm = page.getByRole('alertdialog');
    await page.getByRole('button', { name: 'Actions for Alice Archer on Firefox on Linux' }).click();
    await page.getByRole('menuitem', { name: 'End this session' }).click();
    await expect(confirm).toContainText('This cannot be undone');
    await look('session-end');
    await confirm.getByRole('button', { name: 'Cancel' }).click();
    await expect(sessionRows()).toHaveCount(4);
    expect([await isIn(firefox, intranet), await isIn(chromium, intranet)]).toEqual([true, true]);
    await page.getByRole('button', { name: 'Actions for Alice Archer on Firefox on Linux' }).click();
    await page.getByRole('menuitem', { name: 'End this session' }).click();
    await confirm.getByRole('button', { name: 'End the session' }).click();
    await expect(sessionRows()).toHaveCount(3);
    expect([await isIn(firefox, intranet), await isIn(chromium, intranet)]).toEqual([false, true]);

    await page.getByRole('button', { name: /^Actions for Alice Archer/ }).click();
    await page.getByRole('menuitem', { name: 'Sign Alice Archer out everywhere' }).click();
    await expect(confirm).toContainText('on all devices');
    await confirm.getByRole('button', { name: 'Sign out everywhere' }).click();
    await expect(sessionRows()).toHaveCount(2);
    await expect(sessionRows().last()).toContainText('Bob Baker');
    expect(await isIn(chromium, intranet)).toBe(false);

    await go('Applications');
    await page.getByRole('button', { name: 'Actions for Intranet' }).click();
    await page.getByRole('menuitem', { name: 'Show who is signed in' }).click();
    await expect(page.getByRole('combobox', { name: 'Application' })).toHaveValue('Intranet');
    await expect(page.getByText('No session matches.')).toBeVisible();
  });
}

function sessionRows(): Locator {
  return page.getByRole('table', { name: 'Sessions' }).getByRole('row');
}

/** A browser of its own in which somebody has opened an address and signed in. */
async function openAs(name: string, url: string, userAgent?: string): Promise<BrowserContext> {
  const context = await browser.newContext(userAgent === undefined ? {} : { userAgent });
  const own = await context.newPage();
  await own.goto(url);
  await signInAs(own, world.provider, name);
  await own.waitForURL(`${url.replace(/\/$/, '')}/**`);
  return context;
}

/** Whether a browser's session opens an address, without a way to begin another one. */
async function isIn(context: BrowserContext, url: string): Promise<boolean> {
  // From the page that the browser has open there: scripts are not led to a sign-in (B11).
  const status = await context.pages()[0]?.evaluate(async (address) => (await fetch(address)).status, url);
  return status === 200;
}
