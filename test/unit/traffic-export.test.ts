import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { NO_FILTER } from '../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { writeExport } from '../../src-main/app/traffic-history/write-export.ts';
import { findReplayProblem } from '../../src-main/app/replay-request.ts';
import { toCurl } from '../../src-renderer/features/traffic/to-curl.ts';
import { NOON_MS, makeFile, record, everything, startHistory } from '../helpers/traffic-history.ts';

const harHeaders = z.array(z.strictObject({ name: z.string(), value: z.string() }));
const harSize = z.int().min(-1);
const harTime = z.number().min(0);
const harPhase = harTime.or(z.literal(-1));
const harMessage = {
  httpVersion: z.string(),
  cookies: z.array(z.never()),
  headers: harHeaders,
  headersSize: harSize,
  bodySize: harSize,
};
const sumOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + Math.max(0, part), 0);
/** HTTP Archive 1.2 as far as Postern writes it: no field is missing, none but those that begin with `_` is its own. */
const harSchema = z.strictObject({
  log: z.strictObject({
    version: z.literal('1.2'),
    creator: z.strictObject({ name: z.string(), version: z.string() }),
    entries: z.array(
      z
        .strictObject({
          startedDateTime: z.iso.datetime(),
          time: harTime,
          request: z.strictObject({ ...harMessage, method: z.string(), url: z.url(), queryString: harHeaders }),
          response: z.strictObject({
            ...harMessage,
            status: z.int(),
            statusText: z.string(),
            content: z.strictObject({ size: z.int().min(0), mimeType: z.string() }),
            redirectURL: z.string(),
          }),
          cache: z.strictObject({}),
          timings: z.strictObject({
            blocked: harTime,
            dns: harPhase,
            connect: harPhase,
            ssl: harPhase,
            send: harTime,
            wait: harTime,
            receive: harTime,
          }),
          _activityId: z.string(),
          _application: z.string(),
          _user: z.string().nullable(),
          _outcome: z.string(),
          _error: z.strictObject({ code: z.string(), cause: z.string().nullable() }).nullable(),
        })
        // Unknown parts count for nothing, and TLS is part of the connection.
        .refine(({ time, timings }) => time === sumOf(Object.values({ ...timings, ssl: 0 }))),
    ),
  }),
});

describe('the thread that keeps the history', () => {
  test('answers with what still waits, and writes it when it is closed', async () => {
    const file = makeFile();
    const first = startHistory(file);
    first.history.add(packTraffic([record(1)]));
    expect((await first.history.readPage(everything)).records).toEqual([record(1)]);
    first.history.add(packTraffic([record(2)]));
    await first.history.close();
    await expect(first.history.readPage(everything)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const second = startHistory(file);
    expect((await second.history.readPage(everything)).records).toHaveLength(2);
    await second.history.close();
    expect(second.states).toEqual([]);
  });

  test('a damaged file is set aside and told, and a new one begun', async () => {
    const file = makeFile();
    const damaged = 'This is no database, and longer than the header of one.'.repeat(100);
    writeFileSync(file, damaged);
    const { history, states } = startHistory(file);
    history.add(packTraffic([record(1)]));
    expect((await history.readPage(everything)).records).toHaveLength(1);
    await history.close();
    expect(states).toMatchObject([{ kind: 'setAside', file: `${file}.damaged` }]);
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(damaged);
  });

  test('a folder that can not be written to is told once, and queries are refused', async () => {
    const file = path.join(makeFile(), 'below');
    writeFileSync(path.dirname(file), 'a file, no folder');
    const { history, states } = startHistory(file);
    history.add(packTraffic([record(1)]));
    await expect(history.readPage(everything)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await history.close();
    expect(states.map(({ kind }) => kind)).toEqual(['failing']);
  });
});

describe('an export', () => {
  async function exportAll(format: 'csv' | 'har', records: readonly TrafficRecord[]): Promise<string> {
    const file = makeFile();
    const { history } = startHistory(file);
    history.add(packTraffic(records));
    const target = path.join(path.dirname(file), `export.${format}`);
    const filter = { ...NO_FILTER, text: 'page' };
    const done = await history.export({ file: target, format, filter, version: '1.2.3' });
    await history.close();
    expect(done?.written).toBe(records.filter(({ url }) => url.includes('page')).length);
    return readFileSync(target, 'utf8');
  }

  test('as CSV has a line for each request that matches, oldest first, and no formula', async () => {
    const name = '=HYPERLINK("http://evil")';
    const text = await exportAll('csv', [
      record(2),
      record(1, { userName: name }),
      record(3, { url: 'http://other/' }),
    ]);
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    // Excel takes a file without the mark for one in the code page of the machine.
    expect(lines[0]).toMatch(/^\u{feff}startedAt,activityId,/u);
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(lines[2]).toContain(',http://origin/page/2,200,complete,10,1000,1,5,10,true,,,,,,');
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['-2|cmd', "'-2|cmd"],
    ['\uff1d1+1', "'\uff1d1+1"],
    ['\t=1', "'\t'=1"],
    // Fields where the semicolon parts them, as in German.
    ['a;=1+1', "a;'=1+1"],
    ['a\r\n=1', '"a\r\n\'=1"'],
    ['x";"=1', '"x"";""\'=1"'],
    ['Smith - Jones; a=b', 'Smith - Jones; a=b'],
    ['Bö"b, 日本', '"Bö""b, 日本"'],
    // Python's reader refused the file, others ended the field there.
    ['a\0b', 'a\u{fffd}b'],
  ])('as CSV never begins a field with a formula: %j', async (userName, field) => {
    expect(await exportAll('csv', [record(1, { userName })])).toContain(`,${field},GET,`);
  });

  test('as HAR 1.2 is JSON with every entry, over several steps', async () => {
    const records = Array.from({ length: 2500 }, (_, index) => record(index + 1));
    const { log } = harSchema.parse(JSON.parse(await exportAll('har', records)));
    expect(log.creator).toEqual({ name: 'Postern', version: '1.2.3' });
    expect(log.entries).toHaveLength(2500);
    expect(log.entries[0]).toMatchObject({
      startedDateTime: new Date(NOON_MS + 1).toISOString(),
      time: 10,
      timings: { blocked: 1, send: 0, wait: 4, receive: 5 },
    });
  });

  test('as HAR does not call sending what was spent on the way to a connection', async () => {
    const refused = record(1, {
      status: null,
      outcome: 'failed',
      timing: { sentMs: null, firstByteMs: null, totalMs: 7 },
    });
    const { log } = harSchema.parse(JSON.parse(await exportAll('har', [refused])));
    expect(log.entries[0]).toMatchObject({ time: 7, timings: { blocked: 7, send: 0, wait: 0, receive: 0 } });
    expect(log.entries[0]?.response).toMatchObject({ status: 0 });
  });

  test('as HAR and as CSV tells apart the steps in which a connection was opened', async () => {
    const connection = { beganMs: 0.5, resolvedMs: 2.75, connectedMs: 4, securedMs: 9 };
    const timing = { sentMs: 9.5, firstByteMs: 20, totalMs: 24 };
    const unresolved = { ...connection, resolvedMs: null, connectedMs: null, securedMs: null };
    const opened = [
      record(1, { connection, timing }),
      record(2, { connection: unresolved, timing: { ...timing, sentMs: null } }),
    ];
    const { log } = harSchema.parse(JSON.parse(await exportAll('har', opened)));
    expect(log.entries).toMatchObject([
      { time: 24, timings: { blocked: 0.5, dns: 2.25, connect: 6.25, ssl: 5, send: 0, wait: 11, receive: 4 } },
      { time: 24, timings: { blocked: 0.5, dns: -1, connect: -1, ssl: -1, wait: 19.5, receive: 4 } },
    ]);
    expect(await exportAll('csv', opened)).toContain(',9.5,20,24,false,2.25,1.25,5,,,');
  });

  test('that is cancelled leaves no file', async () => {
    const file = makeFile();
    const { history } = startHistory(file);
    history.add(packTraffic(Array.from({ length: 20_000 }, (_, index) => record(index + 1))));
    const target = path.join(path.dirname(file), 'export.har');
    const done = history.export({ file: target, format: 'har', filter: NO_FILTER, version: '1' });
    history.cancelExport();
    expect(await done).toBeNull();
    await history.close();
    expect(readdirSync(path.dirname(file)).filter((name) => name.startsWith('export'))).toEqual([]);
  });

  test('that is cancelled half-way, while much waits to be written, leaves no file either', async () => {
    const folder = path.dirname(makeFile());
    const own = new AbortController();
    const source = {
      count: () => 100_000,
      readHeads: () => null,
      readAfter: (after: number, rows: number) => Array.from({ length: rows }, (_, index) => record(after + index + 1)),
    };
    const query = { file: path.join(folder, 'export.har'), format: 'har', filter: NO_FILTER, version: '1' } as const;
    const done = writeExport(source, query, own.signal, ({ looked }) => {
      if (looked === 3000) own.abort();
    });
    await expect(done).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a request as curl', () => {
  const seen = { method: 'GET', url: "http://origin/it's?token=[secret]", isUpgrade: false } as TrafficRecord;

  const curl = (change: Partial<TrafficRecord>): string =>
    toCurl({ record: { ...seen, requestBytes: 0, ...change }, heads: null, body: null });

  test('quotes for a shell, and leaves placeholders for what is secret', () => {
    expect(curl({})).toBe(
      String.raw`curl --include --path-as-is --globoff --header 'Cookie: [secret]' 'http://origin/it'\''s?token=[secret]'`,
    );
    expect(curl({ method: 'POST', requestBytes: 3 })).toContain(`--request 'POST'`);
    expect(curl({ method: 'POST', requestBytes: 3 })).toContain(`--data-raw '[body]'`);
    expect(curl({ method: 'HEAD' })).toContain('--head');
    expect(curl({ isUpgrade: true })).toContain('Upgrade: websocket');
  });
});

describe('sending a request again', () => {
  const seen = { method: 'GET', url: 'http://origin/page', isUpgrade: false } as TrafficRecord;

  test('is for safe ones alone, and for such as are known whole', () => {
    expect(findReplayProblem(seen)).toBeNull();
    expect(findReplayProblem({ ...seen, method: 'HEAD' })).toBeNull();
    for (const method of ['POST', 'DELETE', 'OPTIONS']) expect(findReplayProblem({ ...seen, method })).not.toBeNull();
    expect(findReplayProblem({ ...seen, isUpgrade: true })).not.toBeNull();
    expect(findReplayProblem({ ...seen, url: 'http://origin/?token=[secret]' })).not.toBeNull();
  });
});
