import { Argument, Command } from 'commander';
import {
  COMPLETION_SHELLS,
  type CompletionShell,
  completionScript,
} from '../../src-shared/command-line/completion-script.ts';

/** `postern-service completion`. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Prints the script by which a shell completes commands, options and files.')
    .addArgument(new Argument('<shell>').choices(COMPLETION_SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(postern-service completion bash)
  postern-service completion fish > ~/.config/fish/completions/postern-service.fish`,
    )
    .action((shell: CompletionShell, _: unknown, command: Command) => {
      const program = command.parent;
      if (program !== null) process.stdout.write(completionScript(program, shell));
    });
}
