import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Expects that axe finds nothing serious or critical on a page of the desktop app. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // Fluent's focus guards beside dialogs hand the focus on at once; axe takes them for hidden elements that keep it.
  // A message in the corner has no contrast while it fades in and out.
  // Electron can't open the extra target that axe's usual mode wants.
  const { violations } = await new AxeBuilder({ page })
    .exclude('[data-tabster-dummy]')
    .exclude('.fui-Toast')
    .setLegacyMode(true)
    .analyze();
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  expect(grave, where).toEqual([]);
}
