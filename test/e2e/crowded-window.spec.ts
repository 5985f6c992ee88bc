import { type Browser, expect, type Page, test } from '@playwright/test';
import { ADMIN_API_PATH } from '../../src-service/config/service-addresses.ts';
import { callChannel } from '../../src-shared/ipc/channels.ts';
import { makeApiClient } from '../helpers/api-client.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, signInAs } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { findOverflows } from './find-overflows.ts';
import { keepScreenshot } from './screenshots.ts';
import { speak } from './speak.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** A service with names of full length and many items, in the smallest window. The tests build on each other. */
test.describe.configure({ mode: 'serial', timeout: 300_000 });

/** 100 characters without a place to break, and 100 with many. */
const UNBROKEN =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsverwaltungsrechnung'.slice(0, 100);
const BROKEN =
  'The very long name of an application that somebody in the finance department once gave to this thing'.padEnd(
    100,
    '.',
  );
const PARTNERS_ISSUER = 'https://sign-in.partners.example/tenants/of-all-the-partner-firms/v2.0';
const APPLICATIONS = 60;
const GROUPS = 20;

let world: World;
let browser: Browser;
let desktop: Desktop;
let page: Page;

test.beforeAll(async () => {
  world = await startWorld(
    {},
    {
      identityProviders: [
        {
          id: 'partners',
          displayName: 'Partner firms',
          issuer: PARTNERS_ISSUER,
          clientId: 'postern',
          clientSecret: 'never-used-by-anybody',
        },
      ],
    },
  );
  browser = await launchBrowser();
  desktop = await launchDesktop({
    userDataFolder: world.makeFolder('desktop'),
    serviceUrl: world.serviceUrl,
    internalUrl: world.intranetUrl,
  });
  page = desktop.page;
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 700));
  await signInThroughWizard(desktop, browser, world);
  await enrolThroughWizard(desktop, UNBROKEN);
  const externalUrl = await publishThroughWizard(desktop, 'Intranet', 'Alice');
  await fill();
  const visitor = await browser.newPage();
  await visitor.goto(externalUrl);
  await signInAs(visitor, world.provider, 'alice');
  await visitor.waitForURL(`${externalUrl}**`);
  await page.getByRole('button', { name: 'Finish' }).click();
});

test.afterAll(async () => {
  await desktop?.quit();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
});

async function fill(): Promise<void> {
  const api = makeApiClient(
    world.serviceUrl.replace(/\/$/, '') + ADMIN_API_PATH,
    await world.provider.automationToken(),
  );
  const port = new URL(world.serviceUrl).port;
  for (let index = 0; index < APPLICATIONS; index += 1) {
    const { status, body } = await api('POST', '/applications', {
      displayName: (index % 2 === 0 ? UNBROKEN : BROKEN).slice(0, 96) + String(index).padStart(4, '0'),
      onPremisesPublishing: {
        externalUrl: `http://a-very-long-label-for-an-application-of-this-service-${index}.postern.localhost:${port}/`,
        internalUrl: `http://${'internal.'.repeat(12)}example:8080/${index}/`,
      },
    });
    expect([status, body]).toEqual([201, body]);
  }
  for (let index = 0; index < GROUPS; index += 1) {
    const profile = '/onPremisesPublishingProfiles/applicationProxy';
    const name = `${UNBROKEN.slice(0, 96)}${String(index).padStart(4, '0')}`;
    expect((await api('POST', `${profile}/connectorGroups`, { name })).status).toBe(201);
  }
}

/** Goes to each page of the window in its order. */
async function visitPages(visit: (name: string) => Promise<void>): Promise<void> {
  const names = page.getByRole('navigation').first().getByRole('button');
  for (const button of await names.all()) {
    await button.click();
    const name = await button.innerText();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(page.locator('.fui-Skeleton')).toHaveCount(0);
    await visit(name);
  }
}

for (const language of ['en', 'de'] as const) {
  test(`names of 100 characters and many items stay in their places (${language})`, async () => {
    await speak(page, language);
    await visitPages(async (name) => {
      await keepScreenshot(page, `crowded-${name.toLowerCase()}-${language}`);
      expect.soft(await findOverflows(page), name).toEqual([]);
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        await keepScreenshot(
          page,
          `crowded-${name.toLowerCase()}-${await tab.innerText()}-${language}`.replaceAll(/[^\w-]/g, ''),
        );
        expect.soft(await findOverflows(page), `${name}, ${await tab.innerText()}`).toEqual([]);
      }
    });
  });
}

test('a name without a place to break took the form of an application, and its buttons, out of the window', async () => {
  await page.getByRole('navigation').first().getByRole('button', { name: 'Anwendungen' }).click();
  await page.getByRole('searchbox').fill('Donau');
  const name = `${UNBROKEN.slice(0, 96)}0000`;
  await page.getByRole('button', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 2 })).toContainText(name);
  await keepScreenshot(page, 'crowded-application-de');
  expect(await findOverflows(page)).toEqual([]);
  await expect(page.getByRole('button', { name: 'Speichern' })).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Abbrechen' }).click();
  await page.getByRole('button', { name: `Aktionen für ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Löschen' }).click();
  await keepScreenshot(page, 'crowded-deletion-de');
  expect(await findOverflows(page)).toEqual([]);
  await page.getByRole('button', { name: 'Abbrechen' }).click();
  await page.getByRole('searchbox').fill('');
});

test('B11 the identity provider of an application is one of those that the service has', async () => {
  await page.getByRole('navigation').first().getByRole('button', { name: 'Anwendungen' }).click();
  await page.getByRole('searchbox').fill('Intranet');
  const edit = page.getByRole('button', { name: 'Intranet', exact: true });
  const provider = page.getByRole('combobox', { name: 'Identitätsanbieter' });
  await edit.click();
  await expect(provider).toHaveText('Standard des Dienstes');
  await provider.click();
  const host = new URL(world.provider.issuer).host;
  await expect(page.getByRole('option')).toHaveText([
    `Standard des Dienstes${host}`,
    `${host}${world.provider.issuer}`,
    `Partner firms${PARTNERS_ISSUER}`,
  ]);
  await expectAccessible(page, 'identity providers');
  await keepScreenshot(page, 'identity-providers-de');
  expect(await findOverflows(page)).toEqual([]);
  await page.getByRole('option', { name: /^Partner firms/ }).click();
  await page.getByRole('button', { name: 'Speichern' }).click();
  await expect(provider).toHaveCount(0);
  await edit.click();
  await expect(provider).toHaveText('Partner firms');
});

test('a list of identity providers that can’t be read looked like a mistake of the person', async () => {
  await page.getByRole('button', { name: 'Abbrechen' }).click();
  const channel = callChannel('listIdentityProviders');
  await desktop.app.evaluate(({ ipcMain }, name) => ipcMain.removeHandler(name), channel);
  await page.getByRole('button', { name: 'Intranet', exact: true }).click();
  await expect(page.getByText('Die Identitätsanbieter konnten nicht gelesen werden')).toBeVisible();
  const provider = page.getByRole('combobox', { name: 'Identitätsanbieter' });
  await expect(provider).toHaveText('partners');
  await expect(provider).not.toHaveAttribute('aria-invalid', 'true');
});
