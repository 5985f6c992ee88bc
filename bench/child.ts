import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A process that a benchmark started, and the JSON line with which it said that it is ready. */
export interface Child<Ready> {
  readonly process: ChildProcess;
  readonly ready: Ready;
  /** Ends it and waits until it has ended. */
  stop(): Promise<void>;
}

/** Starts a TypeScript file of the project and waits for its first line, which must be JSON. */
export async function startChild<Ready>(file: string, args: readonly string[]): Promise<Child<Ready>> {
  const child = spawn(process.execPath, [file, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (code) => reject(new Error(`${file} ended with code ${code} before it was ready.`)));
  });
  return {
    process: child,
    ready: JSON.parse(line) as Ready,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
