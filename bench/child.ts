import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endWithThisProcess } from './end-with-this-process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMPLAINT_CHARACTERS = 4000;

/** A process that a benchmark started, and the JSON line with which it said that it is ready. */
export interface Child<Ready> {
  readonly ready: Ready;
  readonly pid: number;
  /** Ends it and waits until it has ended. */
  stop(): Promise<void>;
}

/**
 * Starts a TypeScript file of the project and waits for its first line, which must be JSON. What it writes to standard error
 * is shown only when it ends before that. `environment` is added to this process's own.
 */
export async function startChild<Ready>(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Child<Ready>> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithThisProcess(child);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    complaint = (complaint + part).slice(-COMPLAINT_CHARACTERS);
  });
  const exited = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (code) =>
      reject(new Error(`${file} ended with code ${code} before it was ready:\n${complaint}`)),
    );
  });
  return {
    ready: JSON.parse(line) as Ready,
    pid: child.pid ?? 0,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
