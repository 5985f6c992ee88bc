import { Argument, Command } from 'commander';
import {
  COMPLETION_SHELLS,
  type CompletionShell,
  completionScript,
} from '../../../src-shared/command-line/completion-script.ts';
import { toJsonSchema } from '../../../src-shared/configuration/json-schema.ts';
import { connectorSettingsSchema } from '../connector-settings.ts';
import { enrolCommand } from './enrol-command.ts';
import { runCommand } from './run-command.ts';
import { statusCommand } from './status-command.ts';

/** `postern-connector`; its commands throw `CommanderError` rather than ending the process. */
export function makeConnectorCommand(version: string): Command {
  const program = new Command('postern-connector')
    .description('Connects web applications of this network to a Postern service.')
    .version(version, '-V, --version', 'prints the version')
    .addHelpText(
      'after',
      `
Exit code: 0 only when it did what was asked. docs/command-line.md has all commands.

Examples:
  postern-connector enrol --service https://postern.example.com --token-file token.txt
  postern-connector run --config connector.yaml
  postern-connector status --json`,
    )
    .addCommand(runCommand())
    .addCommand(enrolCommand())
    .addCommand(statusCommand())
    .addCommand(schemaCommand())
    .addCommand(completionCommand());
  for (const command of [program, ...program.commands]) command.exitOverride();
  return program;
}

/** The JSON Schema of connector.yaml. @internal exported for tests */
export function connectorJsonSchema(): object {
  return toJsonSchema(connectorSettingsSchema, 'The settings of postern-connector');
}

function schemaCommand(): Command {
  return new Command('schema')
    .description('Print a JSON Schema (draft 2020-12), by which editors know the keys of connector.yaml.')
    .option('--json', 'changes nothing: it is JSON in any case')
    .addHelpText('after', '\nExample:\n  postern-connector schema > connector.schema.json')
    .action(() => {
      process.stdout.write(`${JSON.stringify(connectorJsonSchema(), null, 2)}\n`);
    });
}

function completionCommand(): Command {
  return new Command('completion')
    .description('Print the script by which a shell completes commands, options and files.')
    .addArgument(new Argument('<shell>').choices(COMPLETION_SHELLS))
    .addHelpText('after', '\nExample:\n  source <(postern-connector completion bash)')
    .action((shell: CompletionShell, _: unknown, command: Command) => {
      const program = command.parent;
      if (program !== null) process.stdout.write(completionScript(program, shell));
    });
}
