import { CommanderError } from 'commander';
import { THREAD_POOL_SIZE } from '../../src-shared/addresses/name-lookups.ts';
import { asPosternError } from '../../src-shared/errors/postern-error.ts';
import { makeConnectorCommand } from './cli/connector-command.ts';
import { readVersion } from './cli/version.ts';
import { remedyFor } from './remedies.ts';

/** The headless connector. Its exit code is 0 only when it did what was asked. */
async function main(): Promise<void> {
  process.env['UV_THREADPOOL_SIZE'] ??= String(THREAD_POOL_SIZE);
  // The title takes the place of the arguments in the list of processes, which every account of the machine may read.
  if (process.argv.some((argument) => /^--token(?:=|$)/.test(argument))) process.title = 'postern-connector';
  const program = makeConnectorCommand(await readVersion());
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      return;
    }
    const { code, message } = asPosternError(error, 'STREAM_INTERNAL');
    const detail = error instanceof Error ? error.message : message;
    const remedy = remedyFor(code);
    const isJson = process.argv.includes('--json');
    const text = isJson
      ? JSON.stringify({ error: { code, message: detail, remedy } })
      : `${detail}\n${remedy} [${code}]`;
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}

await main();
