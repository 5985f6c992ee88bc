import { type Browser, expect, type Page, test } from '@playwright/test';
import { AdminApi } from '../../src-main/account/admin-api.ts';
import { PublishingApi } from '../../src-main/account/publishing-api.ts';
import { ADMIN_API_PATH } from '../../src-service/config/service-addresses.ts';
import { callChannel } from '../../src-shared/ipc/channels.ts';
import type { CallName, PosternBridge } from '../../src-shared/ipc/contract.ts';
import { makeTrialUsers } from '../../trial/trial-users.ts';
import { findFreePort } from '../helpers/find-free-port.ts';
import { startWay, type Way } from '../helpers/start-way.ts';
import { expectAccessible } from './accessibility.ts';
import { completeAdministratorSignIn, launchBrowser } from './browser.ts';
import { type Desktop, launchDesktop } from './desktop.ts';
import { keepScreenshot } from './screenshots.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from './wizard.ts';
import { startWorld, type World } from './world.ts';

/** What becomes of the form of an application while others work, the service is away, or the window dies. The tests build on each other. */
test.describe.configure({ mode: 'serial', timeout: 180_000 });

let way: Way;
let world: World;
let browser: Browser;
let desktop: Desktop;
let page: Page;
/** Another administrator. */
let other: PublishingApi;

test.beforeAll(async () => {
  way = await startWay();
  way.targetPort = await findFreePort();
  const [model] = makeTrialUsers().filter(({ name }) => name === 'admin');
  const users = [...makeTrialUsers(), { ...model, ...ADA }].map((user) => ({ claims: {}, ...user }));
  world = await startWorld(
    { users: users as never },
    { listen: { host: '127.0.0.1', port: way.targetPort }, publicUrl: `http://localhost:${way.port}/` },
  );
  browser = await launchBrowser();
  desktop = await launchDesktop({
    userDataFolder: world.makeFolder('desktop'),
    serviceUrl: world.serviceUrl,
    internalUrl: world.intranetUrl,
  });
  page = desktop.page;
  await signInThroughWizard(desktop, browser, world);
  await enrolThroughWizard(desktop, 'Gate house');
  await publishThroughWizard(desktop, 'Intranet', 'Alice');
  await page.getByRole('button', { name: 'Finish' }).click();
  await goToApplications();
  const token = await world.provider.automationToken();
  other = new PublishingApi(
    new AdminApi({
      baseUrl: world.serviceUrl.replace(/\/$/, '') + ADMIN_API_PATH,
      fetch,
      accessToken: async () => token,
      onUnauthenticated: () => undefined,
    }),
  );
});

const ADA = {
  id: '7d0d6f0a-0a55-4e0b-9d0e-2f6f5b6f3c11',
  name: 'ada',
  password: 'also-administers-1',
  displayName: 'Ada Other',
  userPrincipalName: 'ada@contoso.example',
};

test.afterAll(async () => {
  await desktop?.quit();
  await browser?.close();
  await world?.[Symbol.asyncDispose]();
  await way?.[Symbol.asyncDispose]();
});

const goToApplications = () =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Applications' }).click();
const edit = () => page.getByRole('button', { name: 'Intranet', exact: true }).click();
const save = () => page.getByRole('button', { name: 'Save', exact: true }).click();
const rate = () => page.getByRole('textbox', { name: 'Requests a second' });
const description = () => page.getByRole('textbox', { name: 'Description' });

async function findIntranet() {
  const found = (await other.listApplications()).find(({ displayName }) => displayName === 'Intranet');
  if (found === undefined) throw new Error('It is published.');
  return found;
}

test('of two administrators who edit the same at once the second did not learn that the first had', async () => {
  await edit();
  const { id } = await findIntranet();
  const onPremisesPublishing = { maximumRequestsPerSecond: 7, maximumConcurrentRequests: 9 };
  await other.updateApplication(id, { description: 'Theirs', onPremisesPublishing });
  await description().fill('Mine');
  await rate().fill('20');
  await save();
  const bar = page.getByTestId('changed-meanwhile');
  await expect(bar).toContainText('Description, Requests a second');
  await expect(bar).toBeInViewport();
  await expectAccessible(page, 'changed meanwhile');
  await keepScreenshot(page, 'application-changed-meanwhile');
  expect(await findIntranet()).toMatchObject({ description: 'Theirs', onPremisesPublishing });
  await save();
  await expect(rate()).toHaveCount(0);
  expect(await findIntranet()).toMatchObject({
    description: 'Mine',
    onPremisesPublishing: { maximumRequestsPerSecond: 20, maximumConcurrentRequests: 9 },
  });
});

test('what the other one has done is taken over where that is wanted, and stays where nobody touched it here', async () => {
  await edit();
  const { id } = await findIntranet();
  await other.updateApplication(id, { description: 'Theirs again' });
  await rate().fill('30');
  await save();
  await expect(rate()).toHaveCount(0);
  expect(await findIntranet()).toMatchObject({
    description: 'Theirs again',
    onPremisesPublishing: { maximumRequestsPerSecond: 30 },
  });
  await edit();
  await other.updateApplication(id, { description: 'Theirs once more' });
  await description().fill('Mine again');
  await save();
  await page.getByRole('button', { name: 'Go on with what is there' }).click();
  await expect(description()).toHaveValue('Theirs once more');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(rate()).toHaveCount(0);
});

test('the way from an internal URL to its test led nowhere: the button was another one by then', async () => {
  await page.getByRole('button', { name: 'Publish an application' }).press('Enter');
  await page.getByLabel('Internal URL').pressSequentially(world.intranetUrl.replace(/\/$/, ''));
  await page.keyboard.press('Tab');
  await expect(page.getByRole('checkbox', { name: /IP address/ })).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Test', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('backend-result')).toContainText('Answered 200');
  await page.getByLabel('Internal URL').fill('http://127.0.0.1:1');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('backend-result')).toContainText('Start the application');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard the changes' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Publish an application' })).toBeFocused();
});

test('a form that is refused leads to what is wrong, in its own words alone', async () => {
  await edit();
  await rate().fill('many');
  await page.getByRole('textbox', { name: 'Name' }).fill('');
  await rate().press('Enter');
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeInViewport();
  await expect(page.getByText('Give the application a name')).toBeVisible();
  // Else Chromium would show a bubble in a language of its own, and the form would not be asked.
  expect(await page.evaluate(() => document.querySelector<HTMLFormElement>('#application')?.noValidate)).toBe(true);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Discard the changes' }).click();
});

test('why a form is not saved stood above what was in sight', async () => {
  await edit();
  await rate().fill('40');
  await page.getByRole('switch', { name: 'In maintenance' }).scrollIntoViewIfNeeded();
  way.refuse();
  await save();
  await expect(page.getByTestId('problem')).toBeInViewport();
  await expect(page.getByTestId('problem')).toContainText('It could not be saved');
  await keepScreenshot(page, 'application-service-away');
  way.heal();
  await save();
  await expect(rate()).toHaveCount(0);
  expect(await findIntranet()).toMatchObject({ onPremisesPublishing: { maximumRequestsPerSecond: 40 } });
});

test('the form that one account had filled in stood there for the next one', async () => {
  await page.getByRole('button', { name: 'Publish an application' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Secret project');
  const signOut = () =>
    page.evaluate(() => (window as unknown as { readonly postern: PosternBridge }).postern.signOut());
  const signIn = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: 'Sign in with the browser' }).click();
    await completeAdministratorSignIn(browser, await desktop.nextOpenedUrl(), world.provider, name);
  };
  await signOut();
  await signIn('ada');
  await expect(page.getByRole('row', { name: /Intranet/ })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await signOut();
  await signIn('admin');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Secret project');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Discard the changes' }).click();
});

test('a window that died while it published called its own address taken', async () => {
  await page.getByRole('button', { name: 'Publish an application' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Half heard');
  await page.getByLabel('Internal URL').fill('http://half.corp.example/');
  await page.getByRole('radio', { name: /^Everyone/ }).check();
  await holdAnswers('createApplication');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const names = async () => (await other.listApplications()).map(({ displayName }) => displayName);
  await expect.poll(names).toContain('Half heard');
  await expect(page.getByRole('button', { name: 'Publishing…' })).toBeVisible();
  await crash();
  await expect.poll(() => inWindow('document.querySelector("table")?.textContent')).toContain('Half heard');
  await expect.poll(() => inWindow('document.querySelector("#application") === null')).toBe(true);
  expect((await names()).filter((name) => name === 'Half heard')).toHaveLength(1);
});

/** The window that lives now is not answered a call any more. */
async function holdAnswers(name: CallName): Promise<void> {
  await desktop.app.evaluate(({ ipcMain, webContents }, channel) => {
    type Handler = (event: Electron.IpcMainInvokeEvent, argument: unknown) => Promise<unknown>;
    const { _invokeHandlers: handlers } = ipcMain as unknown as { readonly _invokeHandlers: Map<string, Handler> };
    const handle = handlers.get(channel);
    const pid = webContents.getAllWebContents()[0]?.getOSProcessId();
    handlers.set(channel, async (event, argument) => {
      const isHeld = event.sender.getOSProcessId() === pid;
      const answer = await handle?.(event, argument);
      return isHeld ? new Promise(() => undefined) : answer;
    });
  }, callChannel(name));
}

async function crash(): Promise<void> {
  const readPid = (): Promise<number> =>
    desktop.app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getOSProcessId() ?? 0);
  const before = await readPid();
  await desktop.app.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.forcefullyCrashRenderer());
  await expect.poll(async () => ![0, before].includes(await readPid())).toBe(true);
}

/** Playwright has no hold of the page that comes after one that died. */
function inWindow(script: string): Promise<unknown> {
  return desktop.app.evaluate(
    async ({ webContents }, code) => webContents.getAllWebContents()[0]?.executeJavaScript(code) as unknown,
    script,
  );
}
