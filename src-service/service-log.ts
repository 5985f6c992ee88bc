import { fstatSync } from 'node:fs';
import { type DestinationStream, type LevelWithSilent, type LoggerOptions, pino } from 'pino';
import { outliveFailures } from '../src-shared/logging/failing-sink.ts';
import type { InfoLines } from './edge/access-log.ts';

/** Names under which a secret could get into a log line. */
const REDACTED = [
  '*.authorization',
  '*.cookie',
  '*.clientSecret',
  '*.token',
  '*.idToken',
  '*.proof',
  '*.password',
  '*.pfx',
  '*.privateKey',
  '*.privateKeyPassphrase',
];

/** How the service logs: JSON lines with the time in words, and secrets struck out at the sink. */
export function serviceLogOptions(level: string): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: isoTime,
    redact: { paths: REDACTED, censor: '[secret]' },
  };
}

const SECOND_MS = 1000;
const MS_DIGITS = 3;
let second = Number.NaN;
let secondText = '';

/** The member `time` of a line, ISO 8601 as pino's own: most of it is that of the line before. @internal exported for its test */
export function isoTime(nowMs: number = Date.now()): string {
  const nowSecond = Math.floor(nowMs / SECOND_MS);
  if (nowSecond !== second) {
    second = nowSecond;
    secondText = `,"time":"${new Date(nowSecond * SECOND_MS).toISOString().slice(0, -'000Z'.length)}`;
  }
  return `${secondText}${String(nowMs - nowSecond * SECOND_MS).padStart(MS_DIGITS, '0')}Z"`;
}

const { info: INFO, warn: WARN } = pino.levels.values;

/** Lines are written together: at so many characters, after so many ms, and at the end of the process. */
const BATCH_CHARACTERS = 15_360;
/** A file takes any piece whole, and each costs a turn of a thread; of one that fills a pipe, half may be lost as the process ends. */
const FILE_BATCH_CHARACTERS = 65_536;
const BATCH_MS = 100;

/** How long the end waits for a reader that lags behind. */
const END_WITHIN_MS = 5000;

/** What waits for a reader that has stopped; lines beyond it are given up, and their number is told once it reads again. */
const MAX_WAITING_BYTES = 16_777_216;

/** Standard output, or what a test gives instead. */
export interface LogSink {
  write(text: string): unknown;
  flushSync(): void;
  /** Writes what it still has, and closes. */
  end(): void;
  /** Gives up what it still has. */
  destroy(): void;
  once(event: 'close', listener: () => void): unknown;
  /** Failed: its disk is full, or its reader is gone, and no `close` comes then. */
  on(event: 'error', listener: () => void): unknown;
  /** A piece was given up. */
  on(event: 'drop', listener: (piece: string) => void): unknown;
  /** All is written. */
  on(event: 'drain', listener: () => void): unknown;
}

/** Where the log goes, and in what pieces. */
export interface LogOutput {
  readonly sink: LogSink;
  readonly batchCharacters: number;
}

const standardOutput = (): LogOutput => ({
  sink: pino.destination({ sync: false, minLength: 0, maxLength: MAX_WAITING_BYTES }),
  batchCharacters: fstatSync(process.stdout.fd).isFile() ? FILE_BATCH_CHARACTERS : BATCH_CHARACTERS,
});

/** A log whose lines are written in pieces. */
export interface LineBatch extends DestinationStream {
  /**
   * Settles when all is written, or its reader has not taken it for 5 s. What is half written as the process ends is lost, and
   * behind a full pipe that is a piece of 15 KiB; in a file it may come behind the last lines. Whoever ends the process in peace waits for
   * this before.
   */
  end(): Promise<void>;
}

/**
 * Gathers lines before the sink sees them, which counts the octets of each piece that it is given. A SIGKILL loses the last
 * 100 ms.
 */
export function batchLines({ sink, batchCharacters }: LogOutput = standardOutput()): LineBatch {
  let gathered: string[] = [];
  let characters = 0;
  let isEnded = false;
  let droppedLines = 0;
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const text = gathered.join('');
    gathered = [];
    characters = 0;
    if (text !== '') sink.write(text);
  };
  const write = (line: string): void => {
    if (isEnded) return;
    gathered.push(line);
    characters += line.length;
    if (characters >= batchCharacters) flush();
    else timer ??= setTimeout(flush, BATCH_MS).unref();
  };
  const over = Promise.withResolvers<void>();
  const isFailing = outliveFailures(sink, process);
  sink.once('close', over.resolve);
  sink.on('error', () => {
    if (isEnded) over.resolve();
  });
  sink.on('drop', (piece) => {
    droppedLines += piece.split('\n').length - 1;
  });
  sink.on('drain', () => {
    if (droppedLines === 0) return;
    const lines = droppedLines;
    droppedLines = 0;
    write(`{"level":${WARN}${isoTime()},"lines":${lines},"msg":"log.lines_dropped"}\n`);
  });
  // Before the sink's own listener, which closes it.
  process.prependListener('exit', () => {
    if (isEnded || isFailing()) return;
    flush();
    sink.flushSync();
  });
  return {
    end: async () => {
      if (isEnded) return;
      flush();
      isEnded = true;
      const timer = setTimeout(over.resolve, END_WITHIN_MS);
      sink.end();
      if (!isFailing()) await over.promise;
      clearTimeout(timer);
    },
    write,
  };
}

/** Lines at `info` in the manner of the log with these options, without its work; null where that level is not written. */
export function makeInfoLines(level: LevelWithSilent, lines: DestinationStream): InfoLines | null {
  const isWritten = level !== 'silent' && (pino.levels.values[level] ?? Infinity) <= (INFO ?? 0);
  if (!isWritten) return null;
  const start = `{"level":${INFO}`;
  return { add: (members, event, nowMs) => lines.write(`${start}${isoTime(nowMs)}${members},"msg":"${event}"}\n`) };
}
