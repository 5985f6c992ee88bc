import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { pino } from 'pino';
import type { LogEntry, LogLevel, LogPage, LogSource } from '../../../src-shared/ipc/diagnostics-models.ts';
import type { EngineLog } from '../../connector/engine-runtime.ts';
import { redactData, redactSecrets } from './redact.ts';

/** Bounds of the app's log (docs/limits.md). @internal exported for its test */
export const LOG_LIMITS = {
  /** Lines in memory, for the window. */
  entries: 2000,
  /** Characters of a line; what is beyond is cut. */
  lineCharacters: 4096,
  /** Size at which a file is put aside, and how many of those are kept. */
  fileBytes: 2 * 1_048_576,
  oldFiles: 2,
  /** Lines that wait for the disk; beyond it the oldest are given up. */
  waitingLines: 2000,
  /** Lines of an earlier run that are shown again. */
  earlierEntries: 500,
} as const;

const FLUSH_MS = 500;
const FILE = 'postern.log';
const LEVELS: Readonly<Record<number, LogLevel>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };
/** What each line has anyhow. */
const FRAME = new Set(['level', 'time', 'name', 'source', 'msg']);

export interface LogBookOptions {
  /** Made where it is missing. */
  readonly folder: string;
  /** Also gets each line: standard error. */
  readonly write: (line: string) => void;
}

/**
 * The log of app and engine: JSON lines on standard error and in a bounded set of files, the newest ones in memory for the window.
 * Secrets are struck out before a line goes anywhere. A disk that fails costs lines in the file alone.
 */
export class LogBook {
  readonly #options: LogBookOptions;
  readonly #file: string;
  readonly #entries: LogEntry[] = [];
  #sequence = 0;
  #waiting: string[] = [];
  #fileBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: LogBookOptions) {
    this.#options = options;
    this.#file = path.join(options.folder, FILE);
    try {
      mkdirSync(options.folder, { recursive: true, mode: 0o700 });
      this.#readEarlier();
    } catch {
      // Without its file the log is still on standard error and in the window.
    }
  }

  get folder(): string {
    return this.#options.folder;
  }

  /** A log whose lines are marked as those of a part. */
  of(source: LogSource): EngineLog {
    const own = pino(
      {
        base: { name: 'postern-desktop', source },
        formatters: { log: (fields) => redactData(fields) as Record<string, unknown> },
      },
      { write: (line) => this.#take(line) },
    );
    return own;
  }

  /** The lines after a sequence that are held still, oldest first; all of them for null. */
  read(after: number | null): LogPage {
    const entries = this.#entries.filter(({ sequence }) => sequence > (after ?? 0));
    return { entries, folder: this.folder };
  }

  /** Text of the files, oldest first, each cut to its last `maxBytes`. */
  readFiles(maxBytes: number): { readonly name: string; readonly text: string }[] {
    this.#flushNow();
    const names = [FILE, ...Array.from({ length: LOG_LIMITS.oldFiles }, (_, index) => `postern.${index + 1}.log`)];
    return names.toReversed().flatMap((name) => {
      const file = path.join(this.folder, name);
      if (!existsSync(file)) return [];
      const octets = readFileSync(file);
      const text = octets.subarray(Math.max(0, octets.length - maxBytes)).toString('utf8');
      // What is cut begins with a whole line.
      return [{ name, text: octets.length > maxBytes ? text.slice(text.indexOf('\n') + 1) : text }];
    });
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#writing;
    this.#flushNow();
  }

  #take(given: string): void {
    const line = given.trimEnd();
    // Struck out first: what is cut off might be that by which a secret is known.
    const clean = redactSecrets(line);
    const cut = clean.length > LOG_LIMITS.lineCharacters ? shorten(clean) : clean;
    this.#options.write(`${cut}\n`);
    this.#keep(cut);
    this.#waiting.push(cut);
    if (this.#waiting.length > LOG_LIMITS.waitingLines) this.#waiting.shift();
    this.#timer ??= setTimeout(() => this.#onTimer(), FLUSH_MS).unref();
  }

  #keep(line: string): void {
    const parsed = parseLine(line);
    if (parsed === null) return;
    this.#sequence += 1;
    this.#entries.push({ sequence: this.#sequence, ...parsed });
    if (this.#entries.length > LOG_LIMITS.entries) this.#entries.shift();
  }

  #readEarlier(): void {
    if (!existsSync(this.#file)) return;
    this.#fileBytes = statSync(this.#file).size;
    const lines = readFileSync(this.#file, 'utf8').trimEnd().split('\n');
    for (const line of lines.slice(-LOG_LIMITS.earlierEntries)) this.#keep(line);
  }

  #onTimer(): void {
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#flush()).catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const text = this.#takeWaiting();
    if (text !== '') await appendFile(this.#file, text, { mode: 0o600 });
  }

  #flushNow(): void {
    try {
      const text = this.#takeWaiting();
      if (text !== '') appendFileSync(this.#file, text, { mode: 0o600 });
    } catch {
      // As above: a disk that fails costs lines in the file alone.
    }
  }

  #takeWaiting(): string {
    if (this.#waiting.length === 0) return '';
    const text = `${this.#waiting.join('\n')}\n`;
    this.#waiting = [];
    this.#fileBytes += Buffer.byteLength(text);
    if (this.#fileBytes > LOG_LIMITS.fileBytes) {
      this.#rotate();
      this.#fileBytes = Buffer.byteLength(text);
    }
    return text;
  }

  #rotate(): void {
    const name = (index: number): string => path.join(this.folder, `postern.${index}.log`);
    rmSync(name(LOG_LIMITS.oldFiles), { force: true });
    for (let index = LOG_LIMITS.oldFiles; index > 1; index -= 1) {
      if (existsSync(name(index - 1))) renameSync(name(index - 1), name(index));
    }
    if (existsSync(this.#file)) renameSync(this.#file, name(1));
  }
}

function parseLine(line: string): Omit<LogEntry, 'sequence'> | null {
  try {
    const fields = JSON.parse(line) as Record<string, unknown>;
    const rest = Object.entries(fields).filter(([name]) => !FRAME.has(name));
    return {
      atMs: Number(fields['time'] ?? 0),
      level: LEVELS[Number(fields['level'])] ?? 'info',
      source: fields['source'] === 'engine' ? 'engine' : 'app',
      event: typeof fields['msg'] === 'string' ? fields['msg'] : '',
      text: rest
        .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(' '),
    };
  } catch {
    return null;
  }
}

/** A line that is too long, as one that can still be read as JSON. */
function shorten(line: string): string {
  const parsed = parseLine(line);
  if (parsed === null) return '';
  const { atMs, level, source, event, text } = parsed;
  const number = Object.entries(LEVELS).find(([, name]) => name === level)?.[0];
  const cut = `${text.slice(0, LOG_LIMITS.lineCharacters / 2)}…`;
  return JSON.stringify({ level: Number(number), time: atMs, name: 'postern-desktop', source, text: cut, msg: event });
}
