import { resolve } from 'node:path';
import { Command } from 'commander';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { loadServiceConfiguration } from '../config/service-configuration.ts';
import { backUpSqlite } from '../store/back-up.ts';
import { describePostgres } from '../store/database/postgres-settings.ts';
import { storeLocation } from '../store/store-location.ts';

interface BackupOptions {
  readonly config?: string;
  readonly to: string;
  readonly json?: true;
}

/** `postern-service backup --to FILE`. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('Copies the store, with the service running or not, to a file of its own.')
    .requiredOption('--to <file>', 'the file to make')
    .option('--json', 'says what was made as JSON')
    .addHelpText(
      'after',
      `
The sealing key is not in it: back that up too, apart from this file. PostgreSQL has tools of its own: pg_dump.

Example:
  postern-service --config service.yaml backup --to /backup/postern-monday.db`,
    )
    .action((_, command: Command) => {
      const { config, to, json } = command.optsWithGlobals<BackupOptions>();
      const location = storeLocation(loadServiceConfiguration(config ?? null, process.env));
      if (location.kind === 'postgres') {
        throw new PosternError('CONFIG_INVALID', {
          message: `The store is ${describePostgres(location)}: back it up with its own tools, e.g. pg_dump --format=custom --file=${to}, which is consistent while the service runs.`,
        });
      }
      const made = backUpSqlite(location.file, resolve(to));
      const words = `${made.file}: ${made.bytes} bytes, checked, schema ${made.schema}. The sealing key is not in it.`;
      process.stdout.write(`${json ? JSON.stringify(made) : words}\n`);
    });
}
