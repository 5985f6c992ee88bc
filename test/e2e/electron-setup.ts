import process from 'node:process';
import { findElectronDist } from '../../scripts/electron-dist.ts';

/** Gives the tests an Electron, also when Playwright was started by hand. */
export default async function setUpElectron(): Promise<void> {
  const dist = await findElectronDist((line) => console.log(line));
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = dist.folder;
}
