import { Command } from 'commander';
import { nearestName } from '../../src-shared/configuration/nearest-name.ts';
import { readServiceVersion } from '../service-version.ts';
import { auditCommand } from './audit-command.ts';
import { backupCommand } from './backup-command.ts';
import { completionCommand } from './completion-command.ts';
import { configCommand } from './config-command.ts';
import { keysCommand } from './keys-command.ts';
import { statusCommand } from './status-command.ts';

/** `postern-service`. @param run runs the service with this file */
export function makeServiceCommand(run: (file: string | null) => Promise<void>): Command {
  return new Command('postern-service')
    .description('The Application Proxy service: users and connectors arrive here.')
    .version(readServiceVersion(), '-V, --version', 'prints the version')
    .option('--config <file>', 'configuration in YAML; every key may also be set as POSTERN_… in the environment')
    .allowExcessArguments()
    .addHelpText(
      'after',
      `
Without a command it runs the service, which logs JSON to standard output. SIGTERM stops it gracefully; SIGHUP has it read
its certificate files again. docs/command-line.md has all commands and exit codes.

Examples:
  postern-service --config service.yaml
  postern-service --config service.yaml status
  postern-service --config service.yaml config export tenant.yaml`,
    )
    .action(async ({ config }: { config?: string }, command: Command) => {
      const [unknown] = command.args;
      if (unknown !== undefined) refuseCommand(command, unknown);
      await run(config ?? null);
    })
    .addCommand(statusCommand())
    .addCommand(configCommand())
    .addCommand(auditCommand())
    .addCommand(backupCommand())
    .addCommand(keysCommand())
    .addCommand(completionCommand());
}

function refuseCommand(command: Command, unknown: string): never {
  const names = command.commands.map((each) => each.name());
  const nearest = nearestName(unknown, names);
  const hint = nearest === null ? `There are: ${names.join(', ')}.` : `(Did you mean ${nearest}?)`;
  command.error(`error: unknown command '${unknown}'\n${hint}`);
}
