import type { App, Session } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';

/**
 * Chromium's switches that hand the window, or what it says to the service, to others: a port which anybody on this machine may
 * use, names and certificates that nobody checks, secrets written into a file.
 */
const DENIED_SWITCHES = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'disable-web-security',
  'host-resolver-rules',
  'host-rules',
  'ignore-certificate-errors',
  'ignore-certificate-errors-spki-list',
  'log-net-log',
  'ssl-key-log-file',
];

/**
 * Closes the doors that every window of the app shares: no navigation away from our page, no second window, no embedded
 * view, no device or permission, no look-up of spelling dictionaries at a server. A packaged app is started by no test. Call before
 * it is ready.
 */
export function secureApp(app: App): void {
  if (app.isPackaged) {
    for (const name of DENIED_SWITCHES) app.commandLine.removeSwitch(name);
    // Says the same as `ssl-key-log-file`.
    delete process.env['SSLKEYLOGFILE'];
  }
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (new URL(event.url).origin !== APP_ORIGIN) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Denies every permission and download in a session. Call before its first window. */
export function secureSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // The switches for the spell checker alone still look for its dictionaries; an empty list of languages does not.
  session.setSpellCheckerLanguages([]);
  session.on('will-download', (event) => event.preventDefault());
}
