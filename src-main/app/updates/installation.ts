import path from 'node:path';
import process from 'node:process';
import type { App } from 'electron';
import type { AppEnvironment } from '../app-environment.ts';
import { findAppImage } from '../app-image.ts';
import { findPackageKind, type PackageKind } from './package-kind.ts';
import { type Publisher, readPublisher } from './publisher.ts';

/** How this copy of the app came to this machine, and who may replace it. */
export interface Installation {
  readonly publisher: Publisher;
  readonly isPackaged: boolean;
  /** Null for what was not installed by a package. */
  readonly kind: PackageKind | null;
  /** The AppImage that runs; null for another kind. */
  readonly appImage: string | null;
  /** What starts it: an AppImage does, in place of the program in it. */
  readonly program: string;
  /** electron-builder's `app-update.yml`; null where there is no package. */
  readonly updateFile: string | null;
}

/** @throws Error where the package's own description is damaged */
export function findInstallation(app: App, { testPackageFile }: AppEnvironment): Installation {
  const publisher = readPublisher(testPackageFile ?? path.join(app.getAppPath(), 'package.json'));
  const program = app.getPath('exe');
  if (!app.isPackaged) {
    return { publisher, isPackaged: testPackageFile !== null, kind: 'deb', appImage: null, program, updateFile: null };
  }
  const appImage = findAppImage(process.resourcesPath, process.env);
  return {
    publisher,
    isPackaged: true,
    kind: findPackageKind(process.platform, process.resourcesPath, appImage),
    appImage,
    program: appImage ?? program,
    updateFile: path.join(process.resourcesPath, 'app-update.yml'),
  };
}
