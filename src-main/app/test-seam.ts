import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import type { OpenExternal } from './external-links.ts';
import type { PageRequest } from '../../src-shared/ipc/window-models.ts';
import type { UpdateControllerOptions } from './updates/update-controller.ts';
import type { TrayCommand, TrayModel } from './shell/tray-model.ts';

/** What a test reaches in the main process of an app that was started with `POSTERN_TEST_SEAM=1`. */
export interface TestSeam {
  /** Addresses that would have gone to the system browser, oldest first. */
  readonly openedUrls: string[];
  /** Packages that would have been installed over the app, which then would have started anew. */
  readonly installedPackages: string[];
  /** The tray's present model; no test framework can look into a real tray. */
  readonly tray: () => TrayModel | null;
  readonly clickTray: (command: TrayCommand, page?: PageRequest) => void;
  /** Hands in records as the engine's come. */
  readonly feedTraffic: (records: readonly TrafficRecord[]) => void;
  /** Ends the engine's thread as a fault would. */
  readonly killEngine: () => void;
}

declare global {
  var posternTestSeam: TestSeam | undefined;
}

interface TestStandIns {
  readonly openExternal: OpenExternal;
  readonly installPackage: UpdateControllerOptions['installPackage'];
}

/** Opens the seam and returns the stand-ins for the system's browser and its package manager. */
export function openTestSeam(seam: Omit<TestSeam, 'openedUrls' | 'installedPackages'>): TestStandIns {
  const openedUrls: string[] = [];
  const installedPackages: string[] = [];
  globalThis.posternTestSeam = { ...seam, openedUrls, installedPackages };
  return {
    openExternal: async (url) => void openedUrls.push(url),
    installPackage: async ({ file }) => void installedPackages.push(file),
  };
}
