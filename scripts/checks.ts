import { type CommandResult, runNode } from './run-command.ts';

/** One static check of the tree. */
interface Check {
  readonly name: string;
  /** The tool's file, from the root, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** What repairs most of what it finds. */
  readonly remedy: string;
}

/** A check that ran. */
export interface CheckResult extends Check {
  readonly result: CommandResult;
}

const KNIP = 'node_modules/knip/bin/knip.js';

export const CHECKS: readonly Check[] = [
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '-b'], remedy: 'npm run types' },
  { name: 'lint', command: ['node_modules/oxlint/bin/oxlint'], remedy: 'npm run lint -- --fix' },
  { name: 'format', command: ['node_modules/oxfmt/bin/oxfmt', '--check'], remedy: 'npm run format' },
  { name: 'unused', command: [KNIP, '--no-progress'], remedy: 'npm run unused' },
  {
    name: 'unused in production',
    command: [KNIP, '--no-progress', '--production'],
    remedy: 'npm run unused -- --production',
  },
];

/** Runs checks side by side. `onDone` hears of each as it ends, in that order. */
export function runChecks(checks: readonly Check[], onDone: (done: CheckResult) => void): Promise<CheckResult[]> {
  return Promise.all(
    checks.map(async (check) => {
      const [file, ...args] = check.command;
      const done = { ...check, result: await runNode(file, args, { env: { NO_COLOR: '1' } }) };
      onDone(done);
      return done;
    }),
  );
}

/** Tells how a check ended: one line when it passed, else its output and what repairs it. */
export function describeCheck({ name, remedy, result }: CheckResult): string {
  const seconds = (result.durationMs / 1000).toFixed(1);
  if (result.code === 0) return `ok      ${name}  ${seconds} s`;
  return `FAILED  ${name}  ${seconds} s\n${result.output.trimEnd()}\n        see: ${remedy}`;
}
