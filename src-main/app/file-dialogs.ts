import type { Dialog } from 'electron';

/** A file that the person chooses to be read; null where they choose none. */
export async function chooseFileToRead(dialog: Dialog, extensions: readonly string[]): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    properties: ['openFile'],
    filters: [{ name: 'PEM', extensions: [...extensions] }],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** A file that the person chooses to be written; null where they choose none. */
export async function chooseFileToWrite(dialog: Dialog, suggestedName: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: suggestedName });
  return canceled || filePath === '' ? null : filePath;
}
