import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dialog } from 'electron';

/** Asks where to, and writes the text there, over what may be there. Resolves to false where nothing was chosen. */
export async function saveText(fileName: string, text: string): Promise<boolean> {
  const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: path.basename(fileName) });
  if (canceled || filePath === '') return false;
  await writeFile(filePath, text);
  return true;
}
