import { X509Certificate, createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { type Browser, type BrowserContext, type Page, chromium } from '@playwright/test';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../scripts/find-chromium.ts';
import { makeAuthority } from '../helpers/make-authority.ts';
import { type Lemonldap, startLemonldap } from '../helpers/start-lemonldap.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';

let folder: string;
let lemonldap: Lemonldap;
let world: PublishingWorld;
let origin: Origin;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-providers-'));
  const authority = await makeAuthority('Of the portal');
  const certificate = await authority.issue(['sso.localhost']);
  const caFile = path.join(folder, 'ca.pem');
  writeFileSync(caFile, authority.cert);
  lemonldap = await startLemonldap(certificate);
  const { issuer, clientId, clientSecret } = lemonldap;
  [origin, world] = await Promise.all([
    startOrigin(),
    startPublishingWorld(
      {},
      {
        identityProvider: { issuer, clientId, clientSecret, caFile, scopes: ['openid', 'profile', 'email', 'groups'] },
        sessions: { refreshIntervalSeconds: 2 },
      },
    ),
  ]);
  await lemonldap.register(world.service.url);
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('No Chromium was found; scripts/preflight.ts says how to get one.');
  const spki = new X509Certificate(certificate.cert).publicKey.export({ type: 'spki', format: 'der' });
  const pin = createHash('sha256').update(spki).digest('base64');
  const args = [`--ignore-certificate-errors-spki-list=${pin}`];
  browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args });
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
  await lemonldap?.close();
  await origin?.close();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

let count = 0;

/** Publishes the origin for whoever signs in, or for those whom an assignment lets in. */
async function publish(
  publishing: object = {},
  appRoleAssignmentRequired = false,
): Promise<{ app: string; id: string }> {
  const app = world.service.externalUrl(`app${count++}`);
  const id = await world.publish(
    {
      externalUrl: app,
      internalUrl: `${origin.url}/`,
      externalAuthenticationType: 'aadPreAuthentication',
      ...publishing,
    },
    { appRoleAssignmentRequired },
  );
  return { app, id };
}

/** A person at a browser of their own. */
async function openBrowser(): Promise<Page> {
  const context = await browser.newContext();
  contexts.push(context);
  return context.newPage();
}

/** Fills in the portal's form, on a page that stands at it. */
async function signIn(page: Page, name: string, password = name): Promise<void> {
  await page.locator('#userfield').fill(name);
  await page.locator('#passwordfield').fill(password);
  await page.getByRole('button', { name: 'Connect' }).click();
}

const isPortal = (url: URL): boolean => url.href.startsWith(lemonldap.issuer);

/** Opens an address and signs in where the portal's form comes. */
async function openAs(name: string, url: string): Promise<Page> {
  const page = await openBrowser();
  await page.goto(url);
  await signIn(page, name);
  await page.waitForURL(url);
  return page;
}

async function statusOf(page: Page, url: string): Promise<number> {
  return (await page.goto(url))?.status() ?? 0;
}

const tokenRequests = (): number => lemonldap.requests.filter((request) => request === 'POST /oauth2/token').length;

test('B11 B12 a user signs in by code with PKCE and nonce, and comes back to the page and its fragment', async () => {
  const { app } = await publish();
  const page = await openBrowser();
  await page.goto(`${app}echo?year=2026#summary`);
  await page.waitForURL(isPortal);
  const asked = new URL(page.url());
  expect(asked.origin + asked.pathname).toBe(`${lemonldap.issuer}oauth2/authorize`);
  expect(asked.searchParams.get('code_challenge_method')).toBe('S256');
  expect(asked.searchParams.get('nonce')).toMatch(/^[\w-]{20,}$/);
  await signIn(page, 'dwho');
  await page.waitForURL(`${app}echo?year=2026#summary`);
  expect(await page.textContent('body')).toContain('"/echo?year=2026"');
  expect(page.url()).toBe(`${app}echo?year=2026#summary`);
  const { body } = await world.api('GET', `/postern/sessions?$filter=${encodeURIComponent("userId eq 'dwho'")}`);
  expect(body.value[0]).toMatchObject({ userDisplayName: 'Doctor Who', userPrincipalName: 'dwho' });
});

test('B11 a wrong password lets nobody in', async () => {
  const { app } = await publish();
  const page = await openBrowser();
  const contacts = origin.requests.length;
  await page.goto(app);
  await signIn(page, 'dwho', 'exterminate');
  await page.getByText('Wrong credentials').waitFor();
  expect(isPortal(new URL(page.url()))).toBe(true);
  await page.goto(app);
  await page.waitForURL(isPortal);
  expect(origin.requests).toHaveLength(contacts);
});

test('B17 groups and claims of the portal decide who may enter', async () => {
  const { app, id } = await publish({}, true);
  const assign = async (principalType: string, principalId: string): Promise<void> => {
    const path = `/servicePrincipals/${id}/appRoleAssignedTo`;
    expect((await world.api('POST', path, { principalType, principalId })).status).toBe(201);
  };
  await assign('Group', 'timelords');
  const [doctor, rose] = [await openAs('dwho', `${app}echo`), await openAs('rtyler', `${app}echo`)];
  expect(await doctor.textContent('body')).toContain('"/echo"');
  expect([await statusOf(doctor, `${app}echo`), await statusOf(rose, `${app}echo`)]).toEqual([200, 403]);
  await assign('Claim', 'preferred_username=rtyler');
  expect(await statusOf(rose, `${app}echo`)).toBe(200);
  expect(await statusOf(await openAs('msmith', app), `${app}echo`)).toBe(403);
});

test('B22 the session is renewed in the background, and ends when its user signs out of the portal', async () => {
  const { app } = await publish();
  const page = await openAs('rtyler', `${app}echo`);
  const before = tokenRequests();
  await expect.poll(tokenRequests, { timeout: 10_000 }).toBeGreaterThan(before + 1);
  expect(await statusOf(page, `${app}echo`)).toBe(200);
  const portal = await page.context().newPage();
  await portal.goto(`${lemonldap.issuer}?logout=1`);
  // A script at the application gets no redirect: 401 says that the session is over (B13).
  await expect.poll(() => page.evaluate(async () => (await fetch('/echo')).status), { timeout: 20_000 }).toBe(401);
  await page.goto(`${app}echo`);
  await page.waitForURL(isPortal);
});

test('B21 sign-out goes to the portal and comes back; whoever opens the application again is asked for a password', async () => {
  const { app } = await publish();
  const page = await openAs('dwho', `${app}echo`);
  await page.goto(`${app}.postern/signout`);
  await page.waitForURL(`${world.service.url}/.postern/signed-out`);
  await page.goto(`${app}echo`);
  await page.waitForURL(isPortal);
  await page.locator('#passwordfield').waitFor();
});

test('B14 the portal may change its key', async () => {
  const { app } = await publish();
  await openAs('dwho', `${app}echo`);
  await lemonldap.changeKey();
  const page = await openAs('rtyler', `${app}echo`);
  expect(await page.textContent('body')).toContain('"/echo"');
});

test('B14 B22 with the portal down sessions go on, a sign-in gets a page that says why, and works again afterwards', async () => {
  const { app } = await publish();
  const page = await openAs('dwho', `${app}echo`);
  const stranger = await openBrowser();
  await stranger.goto(`${app}echo`);
  await stranger.waitForURL(isPortal);
  // Between the portal's answer and the code's redemption, for without the portal the browser would say why itself.
  lemonldap.stopAfter('POST /oauth2/authorize');
  await signIn(stranger, 'rtyler');
  await stranger.getByText('cannot be reached right now').waitFor();
  expect(await statusOf(page, `${app}echo`)).toBe(200);
  await lemonldap.start();
  await stranger.goto(`${app}echo`);
  await stranger.waitForURL(`${app}echo`);
  expect(await stranger.textContent('body')).toContain('"/echo"');
});
