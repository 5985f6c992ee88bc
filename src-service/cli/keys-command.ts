import { Command } from 'commander';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { loadServiceConfiguration } from '../config/service-configuration.ts';
import type { Database } from '../store/database/database.ts';
import { openDatabaseBeside } from '../store/database/open-database.ts';
import { findSealingKeys } from '../store/find-sealing-keys.ts';
import { countSealedValues, resealValues } from '../store/sealed-values.ts';
import { Sealer } from '../store/sealer.ts';
import { SealingKeyFile } from '../store/sealing-key-file.ts';
import type { SealingKeys } from '../store/sealing-keys.ts';
import { storeLocation } from '../store/store-location.ts';

interface KeysOptions {
  readonly config?: string;
  readonly json?: true;
}

interface Opened {
  readonly keys: SealingKeys;
  readonly database: Database;
}

/** `postern-service keys list|add|rotate|remove`. */
export function keysCommand(): Command {
  const command = new Command('keys').description('The keys that seal the secrets of the store.').addHelpText(
    'after',
    `
A change of keys, with the service running:
  postern-service --config service.yaml keys add        # the new key seals from now on
  postern-service --config service.yaml keys rotate     # seals anew what older keys have sealed
  postern-service --config service.yaml keys list       # shows what each key still seals
  postern-service --config service.yaml keys remove ID  # once it is nothing, and no backup needs it`,
  );
  const add = (name: string, description: string, run: (opened: Opened, id: string) => Promise<object>): void => {
    command
      .command(name)
      .description(description)
      .option('--json', 'says it as JSON')
      .addHelpText('after', `\nExample:\n  postern-service --config service.yaml keys ${name.replace('<id>', 'ID')}`)
      .action(async (...args: unknown[]) => {
        const own = args.at(-1) as Command;
        await withStore(own.optsWithGlobals<KeysOptions>(), (opened) => run(opened, String(args[0])));
      });
  };
  add('list', 'Names the keys, the newest first, and how many values each has sealed.', async (opened) => ({
    keys: await describeKeys(opened),
  }));
  add('add', 'Adds a key, which seals from now on.', async ({ keys }) => ({ added: requireFile(keys).add() }));
  add('rotate', 'Seals everything with the newest key.', async ({ keys, database }) => ({
    sealedAnew: await resealValues(database, new Sealer(keys)),
  }));
  add('remove <id>', 'Forgets a key that seals nothing any more.', async (opened, id) => {
    await removeKey(opened, id);
    return { removed: id };
  });
  return command;
}

async function withStore(options: KeysOptions, run: (opened: Opened) => Promise<object>): Promise<void> {
  const configuration = loadServiceConfiguration(options.config ?? null, process.env);
  const keys = findSealingKeys(configuration, process.env);
  const database = await openDatabaseBeside(storeLocation(configuration));
  try {
    const result = await run({ keys, database });
    process.stdout.write(`${options.json ? JSON.stringify(result) : inWords(result)}\n`);
  } finally {
    await database.close();
  }
}

async function describeKeys({ keys, database }: Opened): Promise<{ id: string; values: number }[]> {
  const counts = await countSealedValues(database);
  const known = keys.list().map(({ id }) => ({ id, values: counts.get(id) ?? 0 }));
  const others = [...counts].filter(([id]) => !known.some((key) => key.id === id));
  return [...known, ...others.map(([id, values]) => ({ id: id ?? 'unnamed', values }))];
}

/** @throws PosternError `CONFIG_INVALID` when something would be lost with the key */
async function removeKey(opened: Opened, id: string): Promise<void> {
  const file = requireFile(opened.keys);
  const list = file.list();
  if (!list.some((key) => key.id === id)) throw refuse(`there is no key ${id}; "keys list" names them`);
  if (list[0]?.id === id) throw refuse(`${id} is the newest key; add another one first`);
  const counts = await countSealedValues(opened.database);
  const left = (counts.get(id) ?? 0) + (counts.get(null) ?? 0);
  if (left > 0) throw refuse(`${left} values are, or may be, sealed with ${id}; run "keys rotate" first`);
  file.remove(id);
}

function requireFile(keys: SealingKeys): SealingKeyFile {
  if (keys instanceof SealingKeyFile) return keys;
  throw refuse('the keys come from sealing.keys; change them there, the newest first (openssl rand -base64 32)');
}

function refuse(reason: string): PosternError {
  return new PosternError('CONFIG_INVALID', { message: `The sealing keys stay as they are: ${reason}.` });
}

function inWords(result: object): string {
  return Object.entries(result)
    .map(([name, value]) => {
      if (!Array.isArray(value)) return `${name}: ${String(value)}`;
      return (value as { id: string; values: number }[]).map(({ id, values }) => `${id}  ${values} values`).join('\n');
    })
    .join('\n');
}
