import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/run-command.ts';
import type { StartedPanel } from '../helpers/start-panel.ts';
import type { Desktop } from './desktop.ts';

/** The colours of the marks on the tray's icon (`scripts/draw-icons.ts`). */
const MARKS = { ok: [0x13, 0xa1, 0x0e], degraded: [0xff, 0xb9, 0x00], paused: [0x60, 0x5e, 0x5c] } as const;
/** Of each channel; an icon is scaled on its way to the panel. */
const TOLERANCE = 24;
/** Fewer pixels of a colour are edges of others. */
const LEAST_PIXELS = 8;

/** Takes a picture of the panel, keeps it for people to look at, and says which marks can be seen on it. */
export async function marksOnPanel(desktop: Desktop, panel: StartedPanel, name: string): Promise<readonly string[]> {
  const picture = await desktop.app.evaluate(
    async ({ desktopCapturer }, { screen, area }) => {
      const [source] = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize: { ...screen } });
      const shown = source?.thumbnail.crop({ ...area });
      return { pixels: shown?.toBitmap().toString('base64') ?? '', png: shown?.toPNG().toString('base64') ?? '' };
    },
    { screen: panel.screen, area: panel.area },
  );
  const folder = path.join(ROOT, 'test-results', 'screenshots');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.png`), Buffer.from(picture.png, 'base64'));
  const pixels = Buffer.from(picture.pixels, 'base64');
  return Object.entries(MARKS).flatMap(([mark, colour]) => (countPixels(pixels, colour) >= LEAST_PIXELS ? [mark] : []));
}

/** @param pixels blue, green, red and alpha of each */
function countPixels(pixels: Buffer, [red, green, blue]: readonly [number, number, number]): number {
  let count = 0;
  for (let at = 0; at + 3 < pixels.length; at += 4) {
    const isNear = (offset: number, wanted: number): boolean =>
      Math.abs((pixels[at + offset] ?? 0) - wanted) <= TOLERANCE;
    if (isNear(0, blue) && isNear(1, green) && isNear(2, red)) count += 1;
  }
  return count;
}
