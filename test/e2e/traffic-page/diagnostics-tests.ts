import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { strFromU8, unzipSync } from 'fflate';
import type { PosternBridge } from '../../../src-shared/ipc/contract.ts';
import { keepScreenshot } from '../screenshots.ts';
import { SECRET, alice, desktop, externalUrl, goTo, lookIn, requests, userDataFolder, world } from './page-session.ts';

/** The page “Diagnostics”. */
export function testDiagnostics(): void {
  test('B43 B45 “Why did this fail?” names hop, cause and way out, from the traffic and for what never came here', async () => {
    const { page } = desktop;
    // The app speaks German still.
    await goTo('Diagnose');
    await page.getByRole('button', { name: 'Selbsttest ausführen' }).click();
    await expect(page.getByRole('button', { name: 'Erneut ausführen' })).toBeVisible({ timeout: 20_000 });
    await keepScreenshot(page, 'self-test-german');
    await goTo('Connectors');
    await expect(page.getByRole('row', { name: /Gate house Dieser Rechner/ })).toBeVisible();
    await keepScreenshot(page, 'connectors-german');
    await goTo('Einstellungen');
    await page.getByRole('radio', { name: 'English' }).click();

    await desktop.clickTray('pause');
    await expect.poll(async () => (await desktop.tray())?.state).toBe('paused');
    const refused = await alice.goto(externalUrl);
    const id = refused?.headers()['x-postern-activity-id'] ?? '';
    await desktop.clickTray('resume');
    await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
    await goTo('Diagnostics');
    await page.getByRole('tab', { name: 'Why did this fail?' }).click();
    const field = page.getByRole('textbox', { name: 'Activity id' });
    await field.fill('no id in here');
    await expect(page.getByText('There is no activity id in this text.')).toBeVisible();
    await field.fill(`504 Gateway time-out. Activity id ${id.toUpperCase()}, 3 Dec 2026`);
    await field.press('Enter');
    const verdict = page.getByTestId('verdict');
    await expect(verdict.getByRole('heading', { name: 'It failed at: Connector' })).toBeVisible();
    await expect(verdict).toContainText('No connector of the application’s group took requests');
    for (const theme of ['light', 'dark'] as const) await lookIn(theme, 'why-no-connector');

    const broken = await publishBroken();
    await alice.goto(broken);
    await goTo('Traffic');
    await page.getByRole('searchbox', { name: 'Filter the requests' }).fill('Broken');
    await requests().first().click();
    await page.getByRole('button', { name: 'Why did this fail?' }).click();
    await expect(verdict.getByRole('heading', { name: 'It failed at: Connection' })).toBeVisible();
    await expect(verdict).toContainText('Start the application, or correct the port');
    await keepScreenshot(page, 'why-refused');
    await field.fill('6c2a1f0e-3b7d-4c51-9e2f-0a1b2c3d4e5f');
    await field.press('Enter');
    await expect(verdict).toContainText('Nothing is known of this id');
  });

  test('the self-test finds what is well and what is not, and the logs are searched', async () => {
    const { page, app } = desktop;
    await page.getByRole('tab', { name: 'Self-test' }).click();
    await page.getByRole('button', { name: 'Run the self-test' }).click();
    await expect(page.getByRole('button', { name: 'Run it again' })).toBeVisible({ timeout: 20_000 });
    const findings = page.getByRole('list', { name: 'Findings' }).getByRole('listitem');
    await expect(findings).toHaveCount(14);
    await expect(findings.filter({ hasText: 'Engine and tunnels' })).toContainText('2 of 2 tunnels stand');
    // This machine has no key store, and says so.
    await expect(findings.filter({ hasText: 'Key store' })).toContainText('works, look at it');
    for (const theme of ['light', 'dark'] as const) await lookIn(theme, 'self-test');
    await page.getByRole('button', { name: 'Copy details' }).click();
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toContain('WebSocket: passed.');

    await page.getByRole('tab', { name: 'Logs' }).click();
    const log = page.getByRole('listbox', { name: 'Lines of the log' });
    await expect(log).toContainText('connector.configured');
    // A line that is longer than the window could be read in a tooltip alone.
    await log.press('End');
    await log.press('ArrowUp');
    const whole = page.getByRole('region', { name: 'The whole line' });
    await expect(whole).toBeVisible();
    // Whoever looked back was pulled to the end with each line that came.
    await expect(page.getByRole('switch', { name: 'Follow' })).not.toBeChecked();
    for (const theme of ['light', 'dark'] as const) await lookIn(theme, 'logs');
    await whole.getByRole('button', { name: 'Copy the line' }).click();
    const copied = await app.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toMatch(/^20\d\d-\d\d-\d\dT[\d:.]+Z (?:debug|info|warn|error) (?:app|engine) \S+/);
    await whole.getByRole('button', { name: 'Close the line' }).click();
    await page.getByRole('switch', { name: 'Follow' }).click();
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('desktop.ready');
    await expect(log).not.toContainText('connector.configured');
    await page.getByRole('combobox', { name: 'Of' }).click();
    await page.getByRole('option', { name: 'Engine', exact: true }).click();
    await expect(page.getByText('No line matches.')).toBeVisible();
    await app.evaluate(({ shell }) => {
      shell.openPath = async (folder) => ((globalThis as { opened?: string }).opened = folder) && '';
    });
    await page.getByRole('button', { name: 'Open the folder' }).click();
    const opened = (): Promise<unknown> => app.evaluate(() => Reflect.get(globalThis, 'opened'));
    await expect.poll(opened).toBe(path.join(userDataFolder, 'logs'));
  });

  test('B72 a support bundle is looked through and saved, and no secret of this session is in it', async () => {
    const { page, app } = desktop;
    await page.getByRole('tab', { name: 'Support bundle' }).click();
    await page.getByRole('button', { name: 'Make a bundle' }).click();
    const files = page.getByRole('list', { name: 'Files in the bundle' });
    await expect(files.getByRole('button', { name: /failures\.json/ })).toBeVisible({ timeout: 20_000 });
    await files.getByRole('button', { name: /failures\.json/ }).click();
    await expect(page.getByRole('region', { name: 'Preview of failures.json' })).toContainText('BACKEND_REFUSED');
    for (const theme of ['light', 'dark'] as const) await lookIn(theme, 'support-bundle');
    const filePath = path.join(world.makeFolder('bundle'), 'bundle.zip');
    await app.evaluate(({ dialog }, chosen) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath: chosen });
    }, filePath);
    await page.getByRole('button', { name: 'Save as zip…' }).click();
    await expect(page.getByText(`Saved as ${filePath}`).first()).toBeVisible();
    const texts = Object.values(unzipSync(readFileSync(filePath))).map((octets) => strFromU8(octets));
    const everything = texts.join('\n');
    const identity = JSON.parse(readFileSync(path.join(userDataFolder, 'vault', 'connector.json'), 'utf8')) as {
      readonly content: string;
    };
    const { privateKey } = JSON.parse(identity.content) as { readonly privateKey: string };
    const keyLines = privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
    expect(keyLines.length).toBeGreaterThan(0);
    const alices = world.provider.user('alice');
    for (const secret of [...keyLines, SECRET, alices.userPrincipalName, alices.displayName, alices.password, 'eyJ']) {
      expect(everything).not.toContain(secret);
    }
    expect(everything).toContain('connector.configured');
    expect(desktop.pageErrors).toEqual([]);
  });
}

/** Publishes an application that nobody runs, for anybody. */
async function publishBroken(): Promise<string> {
  const url = new URL(externalUrl);
  const broken = `${url.protocol}//broken.${url.host.split('.').slice(1).join('.')}/`;
  const answer = await desktop.page.evaluate(
    (address) =>
      (window as unknown as { readonly postern: PosternBridge }).postern.createApplication({
        application: {
          displayName: 'Broken',
          onPremisesPublishing: {
            externalUrl: address,
            internalUrl: 'http://127.0.0.1:1/',
            allowIpHosts: true,
            externalAuthenticationType: 'passthru',
          },
        },
        people: [],
      }),
    broken,
  );
  expect(answer).toMatchObject({ ok: true });
  return broken;
}
