import { Command, CommanderError } from 'commander';
import { asPosternError } from '../../src-shared/errors/postern-error.ts';
import { enrolCommand } from './cli/enrol-command.ts';
import { runCommand } from './cli/run-command.ts';
import { statusCommand } from './cli/status-command.ts';
import { readVersion } from './cli/version.ts';
import { remedyFor } from './remedies.ts';

/** The headless connector: `run`, `enrol`, `status`. Its exit code is 0 only when it did what was asked. */
async function main(): Promise<void> {
  // The title takes the place of the arguments in the list of processes, which every account of the machine may read.
  if (process.argv.some((argument) => /^--token(?:=|$)/.test(argument))) process.title = 'postern-connector';
  const program = new Command('postern-connector')
    .description('Connects web applications of this network to a Postern service.')
    .version(await readVersion())
    .exitOverride();
  program.addCommand(runCommand()).addCommand(enrolCommand()).addCommand(statusCommand());
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      return;
    }
    const { code, message } = asPosternError(error, 'STREAM_INTERNAL');
    const detail = error instanceof Error ? error.message : message;
    process.stderr.write(`${detail}\n${remedyFor(code)} [${code}]\n`);
    process.exitCode = 1;
  }
}

await main();
