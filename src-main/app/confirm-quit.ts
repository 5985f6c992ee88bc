import type { BrowserWindow, Dialog } from 'electron';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';

const QUIT = 0;
const STAY = 1;

/**
 * Asks before users lose what runs here, and says what that is. Where nothing runs nobody is asked.
 * @param newVersion of an app that starts anew as that one; null where it is not to come back
 */
export async function confirmQuit(
  dialog: Dialog,
  window: BrowserWindow | null,
  { engine, isPaused, language }: AppState,
  newVersion: string | null = null,
): Promise<boolean> {
  const count = engine?.applications.length ?? 0;
  if (isPaused || count === 0 || engine?.health === 'offline' || engine?.health === 'stopped') return true;
  const { tray: text } = CATALOGUES[language];
  const options = {
    type: 'warning' as const,
    ...(newVersion === null
      ? {
          title: text.quitTitle,
          message: text.quitMessage(text.applications(count)),
          detail: text.quitDetail,
          buttons: [text.quitNow, text.stay],
        }
      : {
          title: text.updateTitle(newVersion),
          message: text.updateMessage(text.applications(count)),
          detail: text.updateDetail,
          buttons: [text.updateNow, text.updateLater],
        }),
    defaultId: STAY,
    cancelId: STAY,
    noLink: true,
  };
  const { response } = await (window === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options));
  return response === QUIT;
}
