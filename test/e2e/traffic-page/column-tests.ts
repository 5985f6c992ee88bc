import { expect, test } from '@playwright/test';
import { expectAccessible } from '../accessibility.ts';
import { keepScreenshot } from '../screenshots.ts';
import { desktop, openTraffic, requests } from './page-session.ts';

/** The columns of “Traffic”: their places and widths, by pointer and by keyboard. */
export function testColumns(): void {
  test('a column is sized by its edge, fitted by a double click on it, and dragged to another place', async () => {
    const { page } = desktop;
    await openTraffic();
    await chooseInColumns('menuitem', 'Reset to default');
    const beforePx = await widthOf('URL');
    // Each move of the pointer was written to the disk.
    const keptTimes = await countKept();
    await dragBy(await edgeOf('URL'), -120);
    expect(await widthOf('URL')).toBe(beforePx - 120);
    expect(await keptTimes()).toBe(1);
    const cell = requests().filter({ hasText: '/nowhere' }).locator('> :nth-child(4)');
    const isCut = (): Promise<boolean> => cell.evaluate((element) => element.scrollWidth > element.clientWidth);
    await dragBy(await edgeOf('URL'), -400);
    expect(await isCut()).toBe(true);
    const { x, y } = await edgeOf('URL');
    await page.mouse.dblclick(x, y);
    expect(await isCut()).toBe(false);
    // It hangs on the right edge of the list: its left edge goes with the pointer.
    await dragBy(await edgeOf('Application'), -30);
    expect(await widthOf('Time taken')).toBe(102);
    const [from, to] = [await centreOf('Method'), await centreOf('Application')];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await keepScreenshot(page, 'traffic-page-column-dragged');
    await page.mouse.up();
    await expect(titles()).toHaveText(['Time', 'Status', 'URL', 'User', 'Application', 'Method', 'Time taken', 'Size']);
    // Who has second thoughts.
    await page.mouse.move(to.x, to.y);
    await page.mouse.down();
    await page.mouse.move(from.x, from.y, { steps: 5 });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect(titles().nth(4)).toHaveText('Application');
    // The system takes the pointer away: it was followed for ever.
    await page.mouse.move(to.x, to.y);
    await page.mouse.down();
    await page.mouse.move(from.x, from.y, { steps: 5 });
    await expect(page.locator('[data-dragged]')).toHaveCount(1);
    await page.locator('[data-dragged]').evaluate((title) => title.releasePointerCapture(1));
    await page.mouse.move(from.x + 1, from.y);
    await expect(page.locator('[data-dragged]')).toHaveCount(0);
    await page.mouse.up();
    await expect(titles().nth(4)).toHaveText('Application');
    await page.reload();
    await expect(titles()).toHaveText(['Time', 'Status', 'URL', 'User', 'Application', 'Method', 'Time taken', 'Size']);
    expect(await widthOf('Time taken')).toBe(102);
    await chooseInColumns('menuitem', 'Reset to default');
    await expect(titles().nth(2)).toHaveText('Method');
    expect(await widthOf('URL')).toBe(beforePx);
    expect(await widthOf('Time taken')).toBe(72);
  });

  test('columns are sized, fitted and moved by the keyboard alone, which tells what it has done', async () => {
    const { page } = desktop;
    const said = page.getByRole('status').filter({ hasText: /^(Status|Size): / });
    await chooseInColumns('menuitem', 'Arrange by keyboard');
    await expect(titles().first()).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await expect(said).toHaveText('Status: 60 pixels wide');
    expect(await widthOf('Status')).toBe(60);
    await page.keyboard.press('End');
    await page.keyboard.press('Alt+ArrowLeft');
    await expect(said).toHaveText('Size: column 7 of 8');
    await expect(titles().nth(6)).toBeFocused();
    await expectAccessible(page, 'the columns by keyboard');
    await keepScreenshot(page, 'traffic-page-columns-keyboard');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('grid', { name: 'Requests' })).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(requests().first()).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ArrowUp');
    await expect(titles().first()).toBeFocused();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await chooseInColumns('menuitem', 'Reset to default');
    // A later start is to find these as they are left here.
    await chooseInColumns('menuitemcheckbox', 'Activity id');
    await chooseInColumns('menuitem', 'Arrange by keyboard');
    await expect(titles().first()).toBeFocused();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowRight');
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('Alt+ArrowLeft');
    await expect(titles().first()).toHaveText('URL');
    await page.keyboard.press('Escape');
    await dragBy(await edgeOf('URL'), 300 - (await widthOf('URL')));
  });
}

/** @returns how often the columns were kept since then */
async function countKept(): Promise<() => Promise<number>> {
  type Counting = typeof globalThis & { posternKept: number };
  const { page } = desktop;
  await page.evaluate(() => {
    const counting = globalThis as Counting;
    counting.posternKept = 0;
    Storage.prototype.setItem = new Proxy(Reflect.get(Storage.prototype, 'setItem'), {
      apply: (keep, storage, [key, value]: [string, string]) => {
        if (key === 'traffic-columns') counting.posternKept += 1;
        Reflect.apply(keep, storage, [key, value]);
      },
    });
  });
  return () => page.evaluate(() => (globalThis as Counting).posternKept);
}

function titles(): ReturnType<typeof requests> {
  return desktop.page.getByRole('columnheader');
}

async function chooseInColumns(role: 'menuitem' | 'menuitemcheckbox', name: string): Promise<void> {
  const { page } = desktop;
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.getByRole(role, { name }).click();
  if (role === 'menuitemcheckbox') await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
}

async function areaOf(title: string): Promise<{ x: number; y: number; width: number; height: number }> {
  // The title itself reaches into the gap.
  const text = desktop.page.getByRole('columnheader', { name: title, exact: true }).locator('> :first-child');
  const area = await text.boundingBox();
  if (area === null) throw new Error(`“${title}” can’t be seen.`);
  return area;
}

async function widthOf(title: string): Promise<number> {
  return Math.round((await areaOf(title)).width);
}

async function centreOf(title: string): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = await areaOf(title);
  return { x: x + width / 2, y: y + height / 2 };
}

/** The middle of the gap on the right of a column. */
async function edgeOf(title: string): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = await areaOf(title);
  return { x: x + width + 5, y: y + height / 2 };
}

async function dragBy({ x, y }: { x: number; y: number }, byPx: number): Promise<void> {
  const { mouse } = desktop.page;
  await mouse.move(x, y);
  await mouse.down();
  await mouse.move(x + byPx, y, { steps: 5 });
  await mouse.up();
}
