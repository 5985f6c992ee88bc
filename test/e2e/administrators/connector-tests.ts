import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { type Locator, expect, test } from '@playwright/test';
import type { PosternBridge } from '../../../src-shared/ipc/contract.ts';
import { ROOT } from '../../../scripts/run-command.ts';
import { keepScreenshot } from '../screenshots.ts';
import type { CallArguments, CallName, CallResult, Envelope } from '../../../src-shared/ipc/contract.ts';
import { act, clipboard, desktop, go, look, page, resize, tab, world } from './administrator-session.ts';

/** The forms of which something is kept that is not saved. */
async function keptForms(): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { postern } = window as unknown as { readonly postern: PosternBridge };
    const kept = await postern.readKeptInputs();
    return Object.keys(kept.ok ? kept.value : {});
  });
}

/** The page “Connectors”: installing, renaming, groups, draining, revoking. */
export function testConnectors(): void {
  test('B61 another connector is installed with one line, and the token is taken back', async () => {
    await go('Connectors');
    await page.getByRole('button', { name: 'Install another connector' }).click();
    await page.getByLabel('What is it for?').fill('Branch offices');
    await page.getByLabel('Machines').fill('2');
    await page.getByRole('combobox', { name: 'Usable for' }).click();
    await page.getByRole('option', { name: '1 day' }).click();
    await look('install-form');
    await page.getByRole('button', { name: 'Make the token' }).click();
    const shown = page.getByTestId('install-command');
    await expect(shown).toContainText('POSTERN_ENROLMENT_TOKEN=');
    await look('install-command');
    await page.getByRole('button', { name: 'Copy the command' }).click();
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
    const line = await clipboard();
    expect(line).toBe(await shown.innerText());
    expect(await runLine(line)).toContain('Enrolled with');
    await page.getByRole('tab', { name: /PowerShell/ }).click();
    await expect(shown).toContainText('$env:POSTERN_ENROLMENT_TOKEN=');
    await page.getByRole('button', { name: 'Done' }).click();

    await expect(connectorRows().filter({ hasText: 'Gate house' })).toContainText('This computer');
    await connectorRows().filter({ hasText: 'never seen' }).getByRole('button').first().click();
    await expect(page.getByRole('dialog')).toContainText('with Branch offices');
    await page.getByRole('button', { name: 'Close' }).click();
    await tab('Enrolment tokens (1)').click();
    const tokens = page.getByRole('table', { name: 'Enrolment tokens' });
    await expect(tokens.getByRole('row', { name: /Branch offices/ })).toContainText('1 of 2');
    await look('enrolment-tokens', ['light']);
    await page.getByRole('button', { name: 'Take back Branch offices' }).click();
    await expect(page.getByText('None. One is made when')).toBeVisible();
  });

  test('B67 connectors are renamed and moved, groups are made, filled and, once empty, deleted', async () => {
    await tab('Connectors (2)').click();
    await look('connectors');
    await resize(1024, 700);
    await keepScreenshot(page, 'connectors-small');
    await resize(1200, 780);
    await page.getByRole('searchbox', { name: 'Search connectors' }).fill('gate house default');
    await expect(connectorRows()).toHaveCount(1);
    await page.getByRole('searchbox', { name: 'Search connectors' }).fill('');
    await page.getByRole('columnheader', { name: 'Status' }).getByRole('button').click();
    await expect(connectorRows().first()).toContainText('Not connected');
    await page.getByRole('columnheader', { name: 'Status' }).getByRole('button').click();
    await expect(connectorRows().first()).toContainText('Gate house');

    await tab('Groups (1)').click();
    await page.getByRole('button', { name: 'Create a group' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Berlin');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await tab('Connectors (2)').click();
    await connectorRows().filter({ hasText: 'never seen' }).getByRole('button').first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Cellar');
    await page.getByRole('combobox', { name: 'Connector group' }).click();
    await page.getByRole('option', { name: 'Berlin' }).click();
    await look('connector-details', ['dark']);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(connectorRows().filter({ hasText: 'Cellar' })).toContainText('Berlin');

    await tab('Groups (2)').click();
    await act('Berlin', 'Delete…');
    await expect(page.getByRole('alertdialog')).toContainText('It still has Cellar');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Berlin', exact: true }).click();
    await page.getByRole('combobox', { name: 'Bring an application here' }).click();
    await page.getByRole('option', { name: 'Intranet (from Default)' }).click();
    const question = page.getByRole('alertdialog');
    await expect(question).toContainText('No connector of “Berlin” takes requests: Intranet');
    await look('move-to-nobody', ['light']);
    await question.getByRole('button', { name: 'Move', exact: true }).click();
    await expect(page.getByRole('region', { name: 'Applications' }).getByRole('listitem')).toHaveText(/Intranet/);
    await look('group-details', ['light']);
    for (const name of ['Berlin Mitte', 'Berlin']) {
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill(name);
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('dialog', { name, exact: true })).toBeVisible();
      // A name that was saved was kept as one that is not.
      expect(await keptForms()).not.toContain('group');
    }
    await page.getByRole('combobox', { name: 'Move Intranet to' }).click();
    await page.getByRole('option', { name: 'Default' }).click();
    await expect(page.getByText('No application is in this group.')).toBeVisible();
    await page.getByRole('button', { name: 'Close' }).click();
    await look('connector-groups', ['dark']);
  });

  test('B67 a drawer undid what somebody else had changed meanwhile, and closed without a word where they had removed it', async () => {
    await tab('Connectors (2)').click();
    const cellar = (await callPostern('listConnectors')).find(({ displayName }) => displayName === 'Cellar');
    const { id = '' } = cellar ?? {};
    await connectorRows().filter({ hasText: 'Cellar' }).getByRole('button').first().click();
    await page.getByRole('combobox', { name: 'Connector group' }).click();
    await page.getByRole('option', { name: 'Default' }).click();
    await callPostern('updateConnector', { id, patch: { displayName: 'Basement' } });
    await expect(page.getByRole('dialog').getByRole('heading', { name: 'Basement' })).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Basement');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(connectorRows().filter({ hasText: 'Basement' })).toContainText('Default');
    const saved = page.getByTestId('message').filter({ hasText: 'Basement is saved' });
    await saved.getByRole('button', { name: 'Undo' }).click();
    await expect(connectorRows().filter({ hasText: 'Basement' })).toContainText('Berlin');
    await callPostern('updateConnector', { id, patch: { displayName: 'Cellar' } });

    const { id: groupId } = await callPostern('createConnectorGroup', { name: 'Attic' });
    await expect(tab('Groups (3)')).toBeVisible();
    await tab('Groups (3)').click();
    await page.getByRole('button', { name: 'Attic', exact: true }).click();
    await callPostern('deleteConnectorGroup', { id: groupId });
    const gone = page.getByTestId('message').filter({ hasText: 'somebody else has removed it' });
    await expect(gone).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await tab('Connectors (2)').click();
    await expect(connectorRows().filter({ hasText: 'Cellar' })).toBeVisible();
  });

  test('B67 of a thousand connectors those in sight are in the page, found and sorted as ten are', async () => {
    await go('Overview');
    using database = new DatabaseSync(path.join(world.serviceFolder, 'postern.db'));
    multiplyConnectors(database, 1000);
    await go('Connectors');
    await expect(tab('Connectors (1,002)')).toBeVisible();
    const table = page.getByRole('table', { name: 'Connectors' });
    await expect(table).toHaveAttribute('aria-rowcount', '1003');
    await expect(connectorRows().first()).toContainText('Cellar');
    expect(await connectorRows().count()).toBeLessThan(60);
    await keepScreenshot(page, 'connectors-thousand');
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await expect(connectorRows().first()).toContainText('Machine 999');
    await expect(connectorRows().first()).toHaveAttribute('aria-rowindex', '2');
    const search = page.getByRole('searchbox', { name: 'Search connectors' });
    await search.fill('host-777');
    await expect(connectorRows()).toHaveCount(1);
    await search.fill('');
    await connectorRows().first().scrollIntoViewIfNeeded();
    await page.mouse.move(600, 400);
    await page.mouse.wheel(0, 1_000_000);
    await expect(connectorRows().last()).toContainText('Cellar');
    await expect(connectorRows().last()).toHaveAttribute('aria-rowindex', '1003');
    // The row with the focus went out of the document with the scrolling, or the sorting, and the keyboard was lost.
    await page.mouse.wheel(0, -1_000_000);
    const first = page.getByRole('button', { name: 'Machine 999', exact: true });
    await first.focus();
    const isSeen = (): Promise<boolean> =>
      first.evaluate((button) => button.getBoundingClientRect().bottom > -40 * button.getBoundingClientRect().height);
    for (let presses = 0; presses < 20 && (await isSeen()); presses += 1) {
      await page.keyboard.press('PageDown');
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    await expect.poll(isSeen).toBe(false);
    await expect(first).toBeFocused();
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').dispatchEvent('click');
    await expect(connectorRows().last()).toContainText('Machine 999');
    await expect(connectorRows().last()).toHaveAttribute('aria-rowindex', '1003');
    await expect(first).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name: 'Actions for Machine 999' })).toBeFocused();
    await expect(table.getByRole('row').first()).toHaveAttribute('aria-rowindex', '1');
    database.exec("delete from connectors where display_name like 'Machine %'");
    await go('Overview');
    await go('Connectors');
  });

  test('B62 B66 a connector runs empty and comes back; one is revoked, and removed; this computer is asked about twice', async () => {
    await tab('Connectors (2)').click();
    await act('Gate house', 'Give it no new requests');
    const asked = page.getByRole('alertdialog');
    await expect(asked).toContainText('No other connector of “Default” takes requests: Intranet');
    await look('drain-the-last', ['light']);
    await asked.getByRole('button', { name: 'Give it none' }).click();
    await expect(connectorRows().filter({ hasText: 'Gate house' })).toContainText('Drains');
    await keepScreenshot(page, 'connector-drains');
    // As the machine itself shows what somebody has done elsewhere.
    await go('Overview');
    const drained = page.getByTestId('drained');
    await expect(drained).toContainText(/By Ada Admin, \w/);
    await expect(page.getByTestId('connector-status')).toContainText('Drained');
    const tray = await desktop.tray();
    expect([tray?.state, tray?.tooltip]).toEqual([
      'degraded',
      'Postern: Drained: Contoso Access hands it no new requests',
    ]);
    await look('overview-drained', ['light', 'dark']);
    await drained.getByRole('button', { name: 'Take requests again' }).click();
    await expect(drained).toBeHidden();
    await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
    await go('Connectors');
    await act('Gate house', 'Give it no new requests');
    await asked.getByRole('button', { name: 'Give it none' }).click();
    await expect(connectorRows().filter({ hasText: 'Gate house' })).toContainText('Drains');
    await expect.poll(async () => (await desktop.tray())?.state).toBe('degraded');
    await desktop.clickTray('undrain');
    await expect.poll(async () => (await desktop.tray())?.state).toBe('ok');
    await expect(connectorRows().filter({ hasText: 'Gate house' })).toContainText('Connected');

    await act('Cellar', 'Revoke…');
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await expect(connectorRows().filter({ hasText: 'Cellar' })).toContainText('Revoked');
    await act('Cellar', 'Remove…');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(connectorRows()).toHaveCount(1);
    await tab('Groups (2)').click();
    await act('Berlin', 'Delete…');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await tab('Groups (1)').click();

    await tab('Connectors (1)').click();
    await act('Gate house', 'Revoke…');
    const question = page.getByRole('alertdialog');
    await expect(question).toContainText('Gate house is this very computer');
    await expect(question).toContainText('No other connector of “Default” takes requests: Intranet');
    await expect(question.getByRole('button', { name: 'Revoke' })).toBeDisabled();
    await question.getByRole('checkbox', { name: 'I know that this computer stops serving' }).check();
    await expect(question.getByRole('button', { name: 'Revoke' })).toBeEnabled();
    await look('revoke-this-computer', ['light']);
    await question.getByRole('button', { name: 'Cancel' }).click();
  });
}

/** Asks the service as the window does: another administrator, beside what is shown. */
async function callPostern<Name extends CallName>(
  name: Name,
  argument?: CallArguments<Name>,
): Promise<CallResult<Name>> {
  const answer = await page.evaluate(
    ([called, given]) => {
      type Call = (given: unknown) => Promise<Envelope<unknown>>;
      return (window as unknown as { readonly postern: Readonly<Record<string, Call>> }).postern[called]?.(given);
    },
    [name, argument] as const,
  );
  if (answer?.ok !== true) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return answer.value as CallResult<Name>;
}

/** Without the head of the table, which is a row, too. */
function connectorRows(): Locator {
  return page
    .getByRole('table', { name: 'Connectors' })
    .getByRole('row')
    .filter({ has: page.getByRole('cell') });
}

/** Puts connectors into the list that have never been seen. */
function multiplyConnectors(database: DatabaseSync, count: number): void {
  const columns = database.prepare("select name from pragma_table_info('connectors')").all();
  const names = columns.map(({ name }) => String(name));
  const own: Readonly<Record<string, string>> = {
    id: "printf('00000000-0000-4000-8000-%012d', n)",
    display_name: "'Machine ' || n",
    machine_name: "'host-' || n",
  };
  const values = names.map((name) => own[name] ?? (name.includes('fingerprint') ? `${name} || n` : name));
  database.exec(`
    with recursive number(n) as (select 1 union all select n + 1 from number where n < ${count})
    insert into connectors (${names.join(', ')})
      select ${values.join(', ')} from number, (select * from connectors where display_name = 'Cellar');
  `);
}

/** Runs the line as the other machine's shell would, with the command installed. The service runs in this process and must not stand still meanwhile. */
async function runLine(line: string): Promise<string> {
  const folder = world.makeFolder('other-machine');
  const programs = world.makeFolder('other-programs');
  const command = path.join(programs, 'postern-connector');
  const cli = path.join(ROOT, 'src-main', 'connector', 'cli.ts');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`);
  chmodSync(command, 0o755);
  const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}` };
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', line], { cwd: folder, env });
  return stdout + stderr;
}
