import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({ name: z.literal('postern'), version: z.string() });

/** The version in the package's manifest: the nearest one above this file, wherever it was built to. */
export async function readVersion(): Promise<string> {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    try {
      const text = await readFile(path.join(folder, 'package.json'), 'utf8');
      const manifest = manifestSchema.safeParse(JSON.parse(text));
      if (manifest.success) return manifest.data.version;
    } catch {
      // No manifest in this folder.
    }
    if (folder === path.dirname(folder)) return '0.0.0';
  }
}
