import type { BrowserWindow, Dialog, MessageBoxOptions } from 'electron';
import type { AppState } from '../../../src-shared/ipc/app-state.ts';
import { CATALOGUES } from '../../../src-shared/text/catalogues.ts';

const QUIT = 0;
const STAY = 1;

/**
 * Asks before users lose what runs here, and says what that is. Where nothing runs nobody is asked; while a newer version is installed
 * nobody quits, and is told why.
 * @param newVersion of an app that starts anew as that one; null where it is not to come back
 */
export async function confirmQuit(
  dialog: Dialog,
  window: BrowserWindow | null,
  { engine, isPaused, language, updates }: AppState,
  newVersion: string | null = null,
): Promise<boolean> {
  const { tray: text } = CATALOGUES[language];
  const show = async (options: MessageBoxOptions): Promise<number> => {
    const shown = window === null ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options);
    return (await shown).response;
  };
  if (newVersion === null && updates.phase === 'installing') {
    await show({
      type: 'info',
      title: text.installingTitle,
      message: text.installingMessage(updates.release?.version ?? ''),
      detail: text.installingDetail,
      buttons: [text.stay],
    });
    return false;
  }
  const count = engine?.applications.length ?? 0;
  if (isPaused || count === 0 || engine?.health === 'offline' || engine?.health === 'stopped') return true;
  const response = await show({
    type: 'warning',
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
  });
  return response === QUIT;
}
