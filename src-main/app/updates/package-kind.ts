import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** How this copy of the app was installed, where that can be done again from within. */
export type PackageKind = 'deb' | 'rpm' | 'appImage' | 'nsis' | 'mac';

/** Null for one that was unpacked from an archive. electron-builder leaves `package-type` in what it makes for Linux. */
export function findPackageKind(
  platform: NodeJS.Platform,
  resourcesFolder: string,
  appImage: string | null,
): PackageKind | null {
  if (platform === 'win32') return existsSync(path.join(resourcesFolder, 'elevate.exe')) ? 'nsis' : null;
  if (platform === 'darwin') return 'mac';
  if (appImage !== null) return 'appImage';
  try {
    const kind = readFileSync(path.join(resourcesFolder, 'package-type'), 'utf8').trim();
    return kind === 'deb' || kind === 'rpm' ? kind : null;
  } catch {
    return null;
  }
}

/** The ending of the file that a kind of package is installed from. */
export function fileEnding(kind: PackageKind): string {
  return { deb: '.deb', rpm: '.rpm', appImage: '.AppImage', nsis: '.exe', mac: '.zip' }[kind];
}
