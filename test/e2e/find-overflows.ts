import type { Page } from '@playwright/test';

/** Fluent's titles stand out by so much on purpose, so that a button's picture is in line with what is below. */
const MEANT_PX = 8;

/** What stands out of the window, texts that run out of their boxes, and what scrolls sideways. */
export function findOverflows(page: Page): Promise<readonly string[]> {
  return page.evaluate((meantPx) => {
    const found: string[] = [];
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
      const box = element.getBoundingClientRect();
      // What is for screen readers alone is a point.
      if (box.width <= 1 || box.height <= 1 || element.textContent === '') continue;
      const tooMuch = element.scrollWidth - element.clientWidth;
      const isCut = ['hidden', 'clip'].includes(getComputedStyle(element).overflowX);
      const name = `${element.tagName.toLowerCase()}.${element.className} “${element.textContent.slice(0, 60)}”`;
      if (element.clientWidth > 0 && tooMuch > meantPx && !isCut) found.push(`${tooMuch}px too wide: ${name}`);
      if (box.right > innerWidth + 1) found.push(`out of the window: ${name}`);
    }
    return found;
  }, MEANT_PX);
}
