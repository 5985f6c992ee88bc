import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

/** The checkout's root folder. */
export const ROOT = path.dirname(import.meta.dirname);

/** Signals that a command gets too when this process gets them; Ctrl-C reaches both by itself. */
const PASSED_ON = ['SIGTERM', 'SIGHUP'] as const;

export interface CommandOptions {
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** `inherit`: the command writes to this terminal. `capture`, the default: what it writes is returned. */
  readonly output?: 'inherit' | 'capture';
  /** The command is killed after this long. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
}

export interface CommandResult {
  /** 0 on success; 127 when the executable is missing, 124 when time ran out. */
  readonly code: number;
  /** stdout and stderr as they came, empty with `inherit`. */
  readonly output: string;
  readonly durationMs: number;
}

/** Runs a command to its end, which is no later than this process's. Never throws: a missing executable or a signal reads as a code that isn't 0. */
export function runCommand(
  executable: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    let output = '';
    let isLate = false;
    const finish = (code: number) => {
      clearTimeout(timer);
      for (const signal of PASSED_ON) process.off(signal, onSignal);
      resolve({ code: isLate ? 124 : code, output, durationMs: performance.now() - startedMs });
    };
    const child = spawn(executable, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: options.output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    const onSignal = (signal: NodeJS.Signals) => {
      child.kill(signal);
      for (const each of PASSED_ON) process.off(each, onSignal);
      // Where nobody else listens, the signal ends this process as it would have without a command running.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    for (const signal of PASSED_ON) process.on(signal, onSignal);
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            isLate = true;
            child.kill('SIGKILL');
          }, options.timeoutMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      output += `${error.message}\n`;
      finish(error.code === 'ENOENT' ? 127 : 126);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}

/** Runs a JavaScript or TypeScript file, named from the root, with this very Node. */
export function runNode(
  file: string,
  args: readonly string[] = [],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return runCommand(process.execPath, [path.join(ROOT, file), ...args], options);
}
