import { rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Called by electron-builder (electron-builder.yml), which loads plain JavaScript alone. A folder as `electronDist` brings along
 * the app that Electron shows when it is given none.
 * @param {{ readonly appOutDir: string }} context
 */
export async function afterPack({ appOutDir }) {
  await rm(path.join(appOutDir, 'resources', 'default_app.asar'), { force: true });
}
