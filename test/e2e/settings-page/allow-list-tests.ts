import { expect, test } from '@playwright/test';
import { expectAccessible } from '../accessibility.ts';
import { keepScreenshot } from '../screenshots.ts';
import { go, page, part, savedSettings, world } from './settings-session.ts';

/** What this machine may publish. */
export function testAllowList(): void {
  test('B70 the allow-list is edited: checked as it is typed, what it cuts off is named before, and it can be undone', async () => {
    await go('Settings');
    const list = part('What this machine may publish');
    await expect(list).toContainText('No rule: every host may be contacted');
    await list.getByRole('textbox', { name: 'Would this address be contacted?' }).fill(world.intranetUrl);
    await list.getByRole('button', { name: 'Check' }).click();
    await expect(list.getByTestId('allowance')).toContainText('Yes, at 127.0.0.1');
    await list.getByRole('textbox', { name: 'Would this address be contacted?' }).fill('http://169.254.169.254/latest');
    await list.getByRole('button', { name: 'Check' }).click();
    await expect(list.getByTestId('allowance')).toContainText('No. 169.254.169.254 is a link-local address');

    await list.getByRole('button', { name: 'Add a rule' }).click();
    const rule = list.getByRole('group', { name: 'Rule 1' });
    await expect(rule).toContainText('Name at least one');
    await rule.getByRole('textbox', { name: 'Hosts' }).fill('http://payroll.corp');
    await expect(rule).toContainText('with no scheme, port or path');
    await expect(list.getByRole('button', { name: 'Save' })).toBeDisabled();
    await rule.getByRole('textbox', { name: 'Hosts' }).fill('payroll.corp, *.apps.corp');
    await rule.getByRole('textbox', { name: 'Ports' }).fill('443, 8000-8099');
    await rule.getByRole('switch', { name: 'At certain hours only' }).click();
    const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'].map((name) => rule.getByRole('checkbox', { name }));
    for (const day of days) await day.uncheck();
    await expect(rule).toContainText('At least one day.');
    for (const day of days) await day.check();
    await expect(rule).not.toContainText('At least one day.');
    await rule.getByRole('textbox', { name: 'From' }).fill('7');
    await expect(rule).toContainText('A time such as 07:30');
    await rule.getByRole('textbox', { name: 'From' }).fill('07:00');
    await rule.getByRole('textbox', { name: 'Time zone' }).fill('Europe/Berlin');
    await expect(list.getByTestId('cut-off')).toContainText('One published application would be cut off');
    await expect(list.getByTestId('cut-off')).toContainText('Intranet: The allow-list of this connector does not name');
    await rule.scrollIntoViewIfNeeded();
    await keepScreenshot(page, 'settings-allow-list');
    await expectAccessible(page, 'the editor of the allow-list');
    await list.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
    expect(savedSettings()['allowList']).toEqual([
      {
        hosts: ['payroll.corp', '*.apps.corp'],
        addresses: [],
        ports: [443, '8000-8099'],
        hours: [
          {
            daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
            startTime: '07:00',
            endTime: '19:00',
            timeZone: 'Europe/Berlin',
          },
        ],
      },
    ]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => savedSettings()['allowList']).toEqual([]);
    await expect(list).toContainText('No rule: every host may be contacted');
  });

  test('B70 what the list cuts off is named in the Overview, with the reason', async () => {
    const list = part('What this machine may publish');
    await list.getByRole('button', { name: 'Add a rule' }).click();
    await list.getByRole('textbox', { name: 'Hosts' }).fill('payroll.corp');
    await list.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => savedSettings()['allowList']).toHaveLength(1);
    await go('Overview');
    const barred = page.getByTestId('barred-applications');
    await expect(barred).toContainText('An application is not served by this machine');
    await expect(barred).toContainText('Intranet: The allow-list of this connector does not name');
    await keepScreenshot(page, 'overview-barred');
    await go('Settings');
    await list.getByRole('button', { name: 'Remove rule 1' }).click();
    await list.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => savedSettings()['allowList']).toEqual([]);
    await go('Overview');
    await expect(barred).toHaveCount(0);
  });
}
