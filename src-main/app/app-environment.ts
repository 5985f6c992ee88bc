import path from 'node:path';

/** What the start of the app says, read once from the environment. */
export interface AppEnvironment {
  /** Folder of settings, identity and Electron's own data; null for the operating system's usual place. */
  readonly userDataFolder: string | null;
  /** First value of the wizard's service address. */
  readonly suggestedServiceUrl: string | null;
  /** First value of the internal URL of the first application. */
  readonly suggestedInternalUrl: string | null;
  /** PEM file with certificate authorities to trust besides the system's. */
  readonly extraCaFile: string | null;
  /** Starts in the tray, with no window. */
  readonly isHidden: boolean;
  /** Opens the seam for tests (`test-seam.ts`); never in a packaged app. */
  readonly hasTestSeam: boolean;
  /** With the seam: stands for the `package.json` of a package, so that updates can be tried. */
  readonly testPackageFile: string | null;
}

/** Reads the environment variables and arguments. An empty variable counts as absent. */
export function readAppEnvironment(
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  isPackaged: boolean,
): AppEnvironment {
  const text = (name: string): string | null => {
    const value = env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  const file = (name: string): string | null => {
    const value = text(name);
    return value === null ? null : path.resolve(value);
  };
  const hasTestSeam = !isPackaged && text('POSTERN_TEST_SEAM') === '1';
  return {
    userDataFolder: file('POSTERN_USER_DATA'),
    suggestedServiceUrl: text('POSTERN_SERVICE_URL'),
    suggestedInternalUrl: text('POSTERN_SUGGESTED_INTERNAL_URL'),
    extraCaFile: file('POSTERN_EXTRA_CA_FILE'),
    isHidden: args.includes('--hidden'),
    hasTestSeam,
    testPackageFile: hasTestSeam ? file('POSTERN_TEST_PACKAGE_FILE') : null,
  };
}
