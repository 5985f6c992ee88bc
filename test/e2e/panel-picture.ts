import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/run-command.ts';
import type { ScreenArea, VirtualDisplay } from '../helpers/start-virtual-display.ts';
import type { Desktop } from './desktop.ts';

/** The colours of the marks on the tray's icon (`scripts/draw-icons.ts`). */
const MARKS = { ok: [0x13, 0xa1, 0x0e], degraded: [0xff, 0xb9, 0x00], paused: [0x60, 0x5e, 0x5c] } as const;
/** Of each channel; an icon is scaled on its way to the panel. */
const TOLERANCE = 24;
/** Fewer pixels of a colour are edges of others. */
const LEAST_PIXELS = 8;

/** Takes a picture of the panel, keeps it for people to look at, and says which marks can be seen on it. */
export async function marksOnPanel(
  desktop: Desktop,
  panel: VirtualDisplay & { readonly area: ScreenArea },
  name: string,
): Promise<readonly string[]> {
  const pixels = await keepScreenPicture(desktop, panel, panel.area, name);
  return Object.entries(MARKS).flatMap(([mark, colour]) => (countPixels(pixels, colour) >= LEAST_PIXELS ? [mark] : []));
}

/**
 * Takes a picture of a part of the screen and keeps it: `test-results/screenshots/NAME.png`.
 * @returns blue, green, red and alpha of each pixel
 */
export async function keepScreenPicture(
  desktop: Desktop,
  { screen }: VirtualDisplay,
  area: ScreenArea,
  name: string,
): Promise<Buffer> {
  const picture = await desktop.app.evaluate(
    async ({ desktopCapturer }, given) => {
      const [source] = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize: { ...given.screen } });
      const shown = source?.thumbnail.crop({ ...given.area });
      return { pixels: shown?.toBitmap().toString('base64') ?? '', png: shown?.toPNG().toString('base64') ?? '' };
    },
    { screen, area },
  );
  const folder = path.join(ROOT, 'test-results', 'screenshots');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.png`), Buffer.from(picture.png, 'base64'));
  return Buffer.from(picture.pixels, 'base64');
}

function countPixels(pixels: Buffer, [red, green, blue]: readonly [number, number, number]): number {
  let count = 0;
  for (let at = 0; at + 3 < pixels.length; at += 4) {
    const isNear = (offset: number, wanted: number): boolean =>
      Math.abs((pixels[at + offset] ?? 0) - wanted) <= TOLERANCE;
    if (isNear(0, blue) && isNear(1, green) && isNear(2, red)) count += 1;
  }
  return count;
}
