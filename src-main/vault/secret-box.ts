import type { App, SafeStorage } from 'electron';

/** Seals text with a key that the operating system's key store holds. */
export interface SecretBox {
  /** The sealed text in base64. */
  seal(text: string): Promise<string>;
  /** @throws Error when the key store no longer has the key. */
  open(sealed: string): Promise<string>;
}

export interface SecretBoxOptions {
  readonly app: App;
  readonly safeStorage: SafeStorage;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

const AVAILABILITY_POLL_MS = 250;
const AVAILABILITY_DEADLINE_MS = 6000;
/** On Linux, Chromium seals with a key that everyone knows when there is no key store, and marks the result so. */
const UNPROTECTED_PREFIX = 'v10';

/**
 * The box over Electron's `safeStorage`, or null where this machine has no key store that truly protects.
 * Waits up to six seconds: right after `ready` Electron may say "not available" and become so later, and sealing
 * before that ends the process in Electron 42.0.
 */
export async function openSecretBox(options: SecretBoxOptions): Promise<SecretBox | null> {
  const { safeStorage } = options;
  if (!canHaveKeyStore(options)) return null;
  if (!(await becomesAvailable(safeStorage))) return null;
  const probe = await safeStorage.encryptStringAsync('postern');
  if (options.platform === 'linux' && probe.subarray(0, 3).toString('latin1') === UNPROTECTED_PREFIX) return null;
  return {
    seal: async (text) => (await safeStorage.encryptStringAsync(text)).toString('base64'),
    open: async (sealed) => (await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))).result,
  };
}

function canHaveKeyStore({ app, platform, env }: SecretBoxOptions): boolean {
  if (platform !== 'linux') return true;
  if (app.commandLine.getSwitchValue('password-store') === 'basic') return false;
  return (env['DBUS_SESSION_BUS_ADDRESS'] ?? '') !== '' || (env['XDG_RUNTIME_DIR'] ?? '') !== '';
}

async function becomesAvailable(safeStorage: SafeStorage): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= AVAILABILITY_DEADLINE_MS; waitedMs += AVAILABILITY_POLL_MS) {
    if (await safeStorage.isAsyncEncryptionAvailable()) return true;
    await new Promise((resolve) => setTimeout(resolve, AVAILABILITY_POLL_MS));
  }
  return false;
}
