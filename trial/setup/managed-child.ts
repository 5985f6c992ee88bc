import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

const GRACE_MS = 10_000;
const TAIL_LINES = 15;

export interface ManagedChildOptions {
  /** For messages: `the service`. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Takes standard output and error; begun anew at each start. */
  readonly logFile: string;
}

/** How a child ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One process of the trial, with its log, whose end is watched and that can be stopped for good. */
export class ManagedChild {
  readonly title: string;
  readonly logFile: string;
  /** Settles when the process is gone; never rejects. */
  readonly ended: Promise<ChildEnd>;
  readonly #process: ChildProcess;

  constructor(options: ManagedChildOptions) {
    this.title = options.title;
    this.logFile = options.logFile;
    const log = openSync(options.logFile, 'w', 0o600);
    this.#process = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C in the terminal reaches the trial alone, which stops its children in order; and what
      // a child starts can be ended with it.
      detached: true,
    });
    closeSync(log);
    this.ended = new Promise((resolve) => {
      this.#process.once('error', () => resolve({ code: null, signal: null }));
      this.#process.once('exit', (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#process.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Asks it to stop, and ends its whole group when it hasn't within the grace. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    if (!this.isRunning) return;
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends it and what it started, at once. */
  kill(): void {
    if (!this.isRunning) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      this.#process.kill('SIGKILL');
    }
  }

  /** Whether its log holds this text. */
  hasLogged(text: string): boolean {
    return readFileSync(this.logFile, 'utf8').includes(text);
  }

  /** The last lines that it wrote. */
  lastLines(): string {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n');
    return lines.slice(-TAIL_LINES).join('\n');
  }
}

/** How a process ended, in words. */
export function describeEnd({ code, signal }: ChildEnd): string {
  if (signal) return `was ended by ${signal}`;
  return code === null ? 'could not be started' : `ended with code ${code}`;
}
