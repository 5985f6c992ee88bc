import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOG_LIMITS, LogBook } from '../../src-main/app/diagnostics/log-book.ts';

let folder: string;
let written: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-log-'));
  written = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (own = path.join(folder, 'logs')): LogBook =>
  new LogBook({ folder: own, write: (line) => void written.push(line) });

test('lines of app and engine are told apart, and secrets are in none', async () => {
  const book = open();
  book.of('app').info({ version: '1' }, 'desktop.ready');
  book
    .of('engine')
    .warn({ privateKey: 'abcdefgh', note: 'Bearer abcdefgh12345', err: new Error('it broke') }, 'tunnel.lost');
  const { entries } = book.read(null);
  expect(entries).toMatchObject([
    { sequence: 1, level: 'info', source: 'app', event: 'desktop.ready', text: 'version=1' },
    { sequence: 2, level: 'warn', source: 'engine', event: 'tunnel.lost' },
  ]);
  expect(entries[1]?.text).toContain('it broke');
  expect(book.read(1).entries).toHaveLength(1);
  await book.close();
  const files = book.readFiles(10_000);
  for (const text of [written.join(''), files.map((file) => file.text).join(''), JSON.stringify(entries)]) {
    expect(text).not.toContain('abcdefgh');
    expect(text).toContain('tunnel.lost');
  }
});

test('what is held is bounded, in memory and on disk, and an earlier run is shown again', async () => {
  const book = open();
  const log = book.of('engine');
  const long = 'x'.repeat(LOG_LIMITS.lineCharacters * 2);
  const lines = Math.ceil((3 * LOG_LIMITS.fileBytes) / (LOG_LIMITS.lineCharacters / 2));
  for (let index = 0; index < lines; index += 1) {
    log.info({ index, long }, 'much');
    if (index % 500 === 0) await book.close();
  }
  await book.close();
  const { entries } = book.read(null);
  expect(entries).toHaveLength(LOG_LIMITS.entries);
  expect(entries.at(-1)?.text.length).toBeLessThanOrEqual(LOG_LIMITS.lineCharacters);
  expect(readdirSync(book.folder).toSorted()).toEqual(['postern.1.log', 'postern.2.log', 'postern.log']);
  const kept = book.readFiles(Number.MAX_SAFE_INTEGER).reduce((sum, { text }) => sum + text.length, 0);
  expect(kept).toBeLessThan((LOG_LIMITS.oldFiles + 1) * LOG_LIMITS.fileBytes * 1.5);
  const again = open();
  expect(again.read(null).entries.at(-1)).toMatchObject({ event: 'much' });
  expect(again.read(null).entries.length).toBeLessThanOrEqual(LOG_LIMITS.earlierEntries);
});

test('a folder that can not be written costs the file alone', async () => {
  const occupied = path.join(folder, 'a-file');
  writeFileSync(occupied, '');
  const book = open(path.join(occupied, 'logs'));
  book.of('app').error({}, 'still.here');
  await book.close();
  expect(book.read(null).entries).toHaveLength(1);
  expect(written).toHaveLength(1);
  expect(book.readFiles(1000)).toEqual([]);
});
