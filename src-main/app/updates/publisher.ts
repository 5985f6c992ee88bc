import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const MAX_KEYS = 4;

/** Who may sign newer versions of this app, and where they are published: `scripts/package-desktop.ts` writes it into the package. */
export interface Publisher {
  readonly feedUrl: string | null;
  /** Ed25519; none where nobody may. */
  readonly publicKeys: readonly KeyObject[];
  readonly isForTests: boolean;
}

const publisherSchema = z.object({
  postern: z
    .object({
      feedUrl: z.string().optional(),
      /** Base64 of SubjectPublicKeyInfo, by number: so electron-builder's command line writes a list. */
      publisherKeys: z.union([z.array(z.string()), z.record(z.string(), z.string())]).optional(),
      isForTests: z.union([z.boolean(), z.literal('true')]).optional(),
    })
    .optional(),
});

/** @param file the package's `package.json`. @throws Error where it is damaged */
export function readPublisher(file: string): Publisher {
  const { postern } = publisherSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const keys = Object.values(postern?.publisherKeys ?? {}).slice(0, MAX_KEYS);
  return {
    feedUrl: postern?.feedUrl ?? null,
    publicKeys: keys.map(readKey),
    isForTests: postern?.isForTests !== undefined && postern.isForTests !== false,
  };
}

function readKey(text: string): KeyObject {
  const key = createPublicKey({ key: Buffer.from(text, 'base64'), type: 'spki', format: 'der' });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('The key of a publisher is no Ed25519 key.');
  return key;
}
