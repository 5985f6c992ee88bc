import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { http1Ways } from './http1-ways.ts';
import { keepLog } from './test-log.ts';

const ROOT = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
/** Lines of single requests that went well, or whose failure is their user's: too many to keep under load. */
const REQUEST_LINE = /^\{"level":30.*"(?:edge|connector)\.request"/;
const INSPECTOR_LINE = /^Debugger listening on (ws:\/\/\S+)$/m;
const PAGE_KIB_LINE = /^VmRSS:\s+(\d+) kB$/m;

/** One line of a process's JSON log. */
export interface LogEvent {
  readonly msg: string;
  /** When it was written, ms since the epoch. */
  readonly atMs: number;
  readonly [field: string]: unknown;
}

/** A process of Postern, run from its source as an operator runs it, and what it logs. */
export class LoggedProcess {
  readonly events: LogEvent[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #listeners = new Set<() => void>();
  #rest = '';

  /** @param script relative to the root of the repository */
  constructor(script: string, args: readonly string[]) {
    // Nothing listens before a test asks (`inspectorUrl`).
    const nodeOptions = ['--disable-warning=ExperimentalWarning', '--inspect-port=127.0.0.1:0'];
    this.#child = spawn(process.execPath, [...nodeOptions, script, ...args], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', POSTERN_BACKEND_HTTP1_CLIENT: http1Ways.client },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.#child, 'close').then(() => this.#tell());
    const { stdout, stderr } = this.#child;
    stdout?.on('data', (data: Buffer) => keepLog(data.toString()));
    stderr?.on('data', (data: Buffer) => keepLog(data.toString()));
    if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => this.#onLine(line));
    stderr?.on('data', (data: Buffer) => {
      this.#rest += data.toString();
      this.#tell();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What stays in memory of it now, MiB. */
  get residentMib(): number {
    return Number(PAGE_KIB_LINE.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Where its inspector listens, from now on. */
  async inspectorUrl(): Promise<string> {
    this.signal('SIGUSR1');
    for (;;) {
      const [, url] = INSPECTOR_LINE.exec(this.#rest) ?? [];
      if (url !== undefined) return url;
      await this.#news();
    }
  }

  /** The `count`-th event that fits, already there or to come. Fails when the process ends before it. */
  async event(fits: (event: LogEvent) => boolean, count = 1): Promise<LogEvent> {
    for (;;) {
      const found = this.events.filter((event) => fits(event))[count - 1];
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`The process ended before it logged what was waited for:\n${this.#rest}`);
      }
      await this.#news();
    }
  }

  /** Its exit code; null when a signal ended it. */
  async exit(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  #onLine(line: string): void {
    if (REQUEST_LINE.test(line) || !line.startsWith('{')) return;
    const parsed = this.#parse(line);
    if (parsed === null) return;
    const { time, ...event } = parsed;
    this.events.push({ ...event, atMs: new Date(time).getTime() });
    this.#tell();
  }

  /** Null for the line in the midst of which a process was killed. */
  #parse(line: string): { msg: string; time: string | number } | null {
    try {
      return JSON.parse(line) as { msg: string; time: string | number };
    } catch (error) {
      if (this.#child.killed) return null;
      throw error;
    }
  }

  async #news(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.add(resolve);
    await promise;
    this.#listeners.delete(resolve);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
