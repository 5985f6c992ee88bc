import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Logger, pino } from 'pino';
import { LOG_SUFFIX, SECRETS_SUFFIX, TEST_LOGS_VARIABLE, type TestSecret } from '../../scripts/secrets-in-logs.ts';
import { serviceLogOptions } from '../../src-service/service-log.ts';

/**
 * Where `npm test` says so (scripts/secrets-in-logs.ts), what the programs under test log is kept with the secrets that they
 * were given, to be looked through in the end. Elsewhere all of this does nothing.
 */
const folder = process.env[TEST_LOGS_VARIABLE];
const WRITE_AT_LENGTH = 256 * 1024;

const waiting = new Map<string, string[]>();
let waitingLength = 0;
const known = new Set<string>();

if (folder !== undefined) process.on('exit', flushTestLogs);

/** Keeps what a program wrote. */
export function keepLog(text: string): void {
  write(LOG_SUFFIX, text);
}

/** Notes a secret, which must not stand in any log. @param kind for the message, as `client secret` */
export function rememberSecret(kind: string, value: string): void {
  if (folder === undefined || known.has(value)) return;
  known.add(value);
  write(SECRETS_SUFFIX, `${JSON.stringify({ kind, value } satisfies TestSecret)}\n`);
}

/** Notes the private key in a PEM; a line of its middle tells it from all others. */
export function rememberKey(pem: string): void {
  const lines = pem.split('\n').filter((line) => !line.startsWith('-----'));
  rememberSecret('private key', lines[lines.length >> 1] ?? '');
}

/** The service's own log as it is in production, kept. @param onLine what the test does with a line */
export function makeTestLog(level: 'debug' | 'info' = 'debug', onLine?: (line: string) => void): Logger {
  if (folder === undefined && onLine === undefined) return pino({ level: 'silent' });
  return pino(serviceLogOptions(level), {
    write: (line: string) => {
      keepLog(line);
      onLine?.(line);
    },
  });
}

/** Writes what waits. */
export function flushTestLogs(): void {
  if (folder === undefined || waitingLength === 0) return;
  mkdirSync(folder, { recursive: true });
  for (const [suffix, texts] of waiting) appendFileSync(path.join(folder, `${process.pid}${suffix}`), texts.join(''));
  waiting.clear();
  waitingLength = 0;
}

function write(suffix: string, text: string): void {
  if (folder === undefined || text === '') return;
  const texts = waiting.get(suffix);
  if (texts === undefined) waiting.set(suffix, [text]);
  else texts.push(text);
  waitingLength += text.length;
  if (waitingLength > WRITE_AT_LENGTH) flushTestLogs();
}
