import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type SamlApplication, startSamlApplication } from './start-saml-application.ts';
import { type SamlIdentityProvider, startSamlIdentityProvider } from './start-saml-identity-provider.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, signInAs } from './browser.ts';
import { keepScreenshot } from './screenshots.ts';

/** An application that signs its users in with SAML for itself: its provider posts the answer from another site. */
const USER = 'alice@contoso.example';

let browser: Browser;
let world: Http2World;
let provider: SamlIdentityProvider;
let payroll: SamlApplication;

test.beforeAll(async () => {
  [browser, world, provider] = await Promise.all([launchBrowser(), startHttp2World(), startSamlIdentityProvider(USER)]);
  payroll = await startSamlApplication(provider);
});

test.afterAll(async () => {
  await browser?.close();
  await payroll?.close();
  await provider?.close();
  await world?.close();
});

async function publish(externalAuthenticationType: 'passthru' | 'aadPreAuthentication'): Promise<string> {
  const name = `payroll-${externalAuthenticationType.toLowerCase()}`;
  const externalUrl = await world.publish(
    name,
    payroll.url,
    { externalAuthenticationType },
    { appRoleAssignmentRequired: false },
  );
  payroll.publishAt(externalUrl);
  return externalUrl;
}

async function openPage(): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  return { context, page: await context.newPage() };
}

test('B84 an application that signs in with SAML for itself does so at its external URL (passthru)', async () => {
  const url = await publish('passthru');
  const { context, page } = await openPage();
  await page.goto(`${url}report`);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('heading')).toHaveText(`Welcome ${USER}`);
  expect(page.url()).toBe(`${url}report`);
  await context.close();
});

test('B84 the same behind our own sign-in: the post from the other site brings our session', async () => {
  const url = await publish('aadPreAuthentication');
  const { context, page } = await openPage();
  await page.goto(`${url}report`);
  await signInAs(page, world.provider, 'alice');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('heading')).toHaveText(`Welcome ${USER}`);
  expect(page.url()).toBe(`${url}report`);

  // A session that ends while its user is at the provider: the post reaches nobody, and the page says how to go on.
  await context.clearCookies({ name: 'app' });
  await page.goto(`${url}report`);
  const kept = await context.cookies(url);
  await context.clearCookies();
  const greetedBefore = payroll.greeted.length;
  await page.getByRole('button', { name: 'Go on' }).click();
  expect(kept.length).toBeGreaterThan(0);
  await expect(page.locator('body')).toContainText('Sign in');
  await keepScreenshot(page, 'saml-post-without-session');
  await expectAccessible(page, 'POST without a session');
  expect(payroll.greeted.length).toBe(greetedBefore);
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await signInAs(page, world.provider, 'alice');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('heading')).toHaveText(`Welcome ${USER}`);
  await context.close();
});
