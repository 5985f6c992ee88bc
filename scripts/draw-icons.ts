import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { ROOT } from './run-command.ts';

/**
 * Draws the app icon and the tray images as PNG from their SVG sources, with Chromium as the painter:
 * `node scripts/draw-icons.ts CHROMIUM`. The results are kept in git; run it after a change to the drawings.
 */

const ASSETS = path.join(ROOT, 'assets');
const ICON_SIZES = [16, 32, 48, 64, 128, 256, 512];
const TRAY_SIZES = [
  [22, ''],
  [44, '@2x'],
] as const;

/** Colour and shape of each state's mark, on a 44 px grid; each can be told from the others in grey. */
const MARKS = {
  ok: '<circle cx="33" cy="33" r="10" fill="#13a10e"/><path d="M28.5 33.5l3.2 3.2 6-6.6" fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round"/>',
  degraded:
    '<path d="M33 21.5l11 20.5H22z" fill="#ffb900" stroke="#ffb900" stroke-width="1.5" stroke-linejoin="round"/><path d="M33 28.5v6.5M33 38.4v.2" stroke="#201f1e" stroke-width="3" stroke-linecap="round"/>',
  offline:
    '<rect x="23" y="23" width="20" height="20" rx="3" fill="#d13438"/><path d="M28.5 28.5l9 9M37.5 28.5l-9 9" stroke="#fff" stroke-width="3" stroke-linecap="round"/>',
  paused:
    '<rect x="23" y="23" width="20" height="20" rx="10" fill="#605e5c"/><path d="M30 29v8M36 29v8" stroke="#fff" stroke-width="3" stroke-linecap="round"/>',
  setup: '',
} as const;

function traySvg(mark: string): string {
  const cut = mark === '' ? '' : '<circle cx="33" cy="33" r="13.5" fill="#000"/>';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44">
<defs><mask id="cut"><rect width="44" height="44" fill="#fff"/>${cut}</mask>
<linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#2b88d8"/><stop offset="1" stop-color="#0b4a8f"/></linearGradient></defs>
<g mask="url(#cut)"><rect x="2" y="2" width="40" height="40" rx="10" fill="url(#g)"/>
<path d="M13 34V20a9 9 0 0 1 18 0v14M10 34h24" fill="none" stroke="#fff" stroke-width="3.6" stroke-linecap="round"/>
<circle cx="20" cy="26" r="2" fill="#ffc83d"/></g>${mark}</svg>`;
}

async function draw(browser: Browser, svg: string, sizePx: number, file: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: sizePx, height: sizePx } });
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  await page.setContent(
    `<style>html,body{margin:0;background:transparent}img{display:block}</style><img width="${sizePx}" height="${sizePx}" src="${source}">`,
  );
  await page.locator('img').evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
  await writeFile(file, await page.screenshot({ omitBackground: true }));
  await page.close();
}

const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  chromiumSandbox: process.getuid?.() !== 0,
});
const icon = await readFile(path.join(ASSETS, 'icon.svg'), 'utf8');
for (const sizePx of ICON_SIZES)
  await draw(browser, icon, sizePx, path.join(ASSETS, 'icons', `${sizePx}x${sizePx}.png`));
for (const [state, mark] of Object.entries(MARKS)) {
  for (const [sizePx, suffix] of TRAY_SIZES) {
    await draw(browser, traySvg(mark), sizePx, path.join(ASSETS, 'tray', `tray-${state}${suffix}.png`));
  }
}
await browser.close();
