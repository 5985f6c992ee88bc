import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { startSocksProxy } from '../../helpers/start-socks-proxy.ts';
import { expectAccessible } from '../accessibility.ts';
import { keepScreenshot } from '../screenshots.ts';
import { enrolThroughWizard, publishThroughWizard, signInThroughWizard } from '../wizard.ts';
import { browser, CREDENTIALS, desktop, go, page, part, proxy, savedSettings, world } from './settings-session.ts';

/** The outbound proxy before there is a page of settings. */
export function testProxyInWizard(): void {
  test('B69 the proxy can be set in the wizard, before the service is reached', async () => {
    test.setTimeout(180_000);
    await page.getByRole('button', { name: 'Outbound proxy…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Outbound proxy' });
    // It was on “Close”, as the settings are read only once the dialog is there.
    await expect(dialog.getByRole('radio', { checked: true })).toBeFocused();
    await dialog.getByRole('radio', { name: 'This one' }).click();
    await dialog.getByRole('textbox', { name: 'Address of the proxy' }).fill(proxy.url);
    await dialog.getByRole('textbox', { name: 'User name' }).fill(CREDENTIALS.userName);
    await keepScreenshot(page, 'wizard-proxy');
    await expectAccessible(page, 'the proxy in the wizard');
    await dialog.getByRole('button', { name: 'Discard changes' }).click();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await signInThroughWizard(desktop, browser, world);
    await enrolThroughWizard(desktop, 'Gate house');
    await publishThroughWizard(desktop, 'Intranet', 'Alice');
    await page.getByRole('button', { name: 'Finish' }).click();
  });
}

/** The outbound proxy: with a password, over SOCKS5, by a PAC script. */
export function testProxy(): void {
  test('B69 the proxy: a wrong password is told at once, with the right one everything goes by it, and it is in no settings', async () => {
    await go('Settings');
    const section = part('Outbound proxy');
    await section.getByRole('radio', { name: 'This one' }).click();
    await expect(section).toContainText('Give an address such as');
    await expect(section.getByRole('button', { name: 'Save' })).toBeDisabled();
    const address = section.getByRole('textbox', { name: 'Address of the proxy' });
    await address.fill('http://postern:typed-by-mistake@proxy.corp:3128');
    await expect(section).toContainText('with no user in it');
    await address.fill(proxy.url);
    await section.getByRole('textbox', { name: 'User name' }).fill(CREDENTIALS.userName);
    await section.getByLabel('Password').fill('not the one');
    await section.getByRole('button', { name: 'Save' }).click();
    const outcome = section.getByTestId('proxy-outcome');
    await expect(outcome).toContainText('does not accept the user name or the password');
    await expect(outcome).toContainText('Give the user name and the password of the proxy in the settings');
    expect(proxy.asked).toEqual([]);
    await section.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-proxy');
    await expectAccessible(page, 'the proxy');
    await outcome.getByRole('button', { name: 'Put back what was before' }).click();
    await expect(outcome).toHaveCount(0);
    await expect.poll(() => savedSettings()['proxy']).toMatchObject({ mode: 'system', userName: '' });
    await section.getByRole('radio', { name: 'This one' }).click();
    await address.fill(proxy.url);
    await section.getByRole('textbox', { name: 'User name' }).fill(CREDENTIALS.userName);
    await section.getByLabel('Password').fill(CREDENTIALS.password);
    await section.getByRole('button', { name: 'Save' }).click();
    await expect(outcome).toHaveCount(0);
    const { host } = new URL(world.serviceUrl);
    // The question whether the service answers, and two tunnels.
    await expect.poll(() => proxy.asked.filter((asked) => asked === host).length).toBeGreaterThanOrEqual(3);
    await go('Overview');
    await expect(page.getByRole('status').filter({ hasText: 'Connected' })).toBeVisible();
    expect(JSON.stringify(savedSettings())).not.toContain(CREDENTIALS.password);
    const kept = await page.evaluate(async () => {
      const { postern } = window as unknown as { postern: { readMachineSettings(): Promise<unknown> } };
      return JSON.stringify(await postern.readMachineSettings());
    });
    expect(kept).toContain('"hasProxyPassword":true');
    expect(kept).not.toContain(CREDENTIALS.password);
    await go('Settings');
    const socks = await startSocksProxy({ credentials: CREDENTIALS });
    await section.getByRole('textbox', { name: 'Address of the proxy' }).fill(socks.url);
    await section.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => socks.asked.filter((asked) => asked === host).length).toBeGreaterThanOrEqual(3);
    await expect(outcome).toHaveCount(0);
    await section.getByRole('radio', { name: 'None: directly' }).click();
    await section.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => savedSettings()['proxy']).toMatchObject({ mode: 'none' });
    // The part begins anew with what was saved: what is typed before that is lost.
    await expect(section.getByRole('button', { name: 'Save' })).toBeDisabled();
    await socks.close();
  });

  test('B69 a PAC script says by which proxy each address is reached', async () => {
    const { app } = desktop;
    const script = `function FindProxyForURL(url, host) { return host === 'postern.example.com' ? 'PROXY 127.0.0.1:${proxy.port}' : 'DIRECT'; }`;
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ns-proxy-autoconfig' }).end(script);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const section = part('Outbound proxy');
    await section.getByRole('radio', { name: 'A PAC script' }).click();
    await expect(section).toContainText('Give the http or https address of the script');
    const { port } = server.address() as AddressInfo;
    await section.getByRole('textbox', { name: 'Address of the script' }).fill(`http://127.0.0.1:${port}/proxy.pac`);
    await section.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => savedSettings()['proxy']).toMatchObject({ mode: 'pac' });
    const resolve = (url: string): Promise<string> =>
      app.evaluate(({ session }, address) => session.defaultSession.resolveProxy(address), url);
    await expect.poll(() => resolve('https://postern.example.com/')).toBe(`PROXY 127.0.0.1:${proxy.port}`);
    expect(await resolve('https://other.example.com/')).toBe('DIRECT');
    await section.getByRole('radio', { name: 'None: directly' }).click();
    await section.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => savedSettings()['proxy']).toMatchObject({ mode: 'none' });
    // The part begins anew with what was saved: what is typed before that is lost.
    await expect(section.getByRole('button', { name: 'Save' })).toBeDisabled();
    server.close();
  });
}
