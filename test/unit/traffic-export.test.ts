import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { NO_FILTER } from '../../src-shared/connector/traffic-filter.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { writeExport } from '../../src-main/app/traffic-history/write-export.ts';
import { findReplayProblem } from '../../src-main/app/replay-request.ts';
import { toCurl } from '../../src-renderer/features/traffic/to-curl.ts';
import { NOON_MS, makeFile, record, everything, startHistory } from '../helpers/traffic-history.ts';

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
    expect(lines[0]).toMatch(/^startedAt,activityId,/);
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(lines[2]).toContain(',http://origin/page/2,200,complete,10,1000,1,5,10,,,');
  });

  test('as HAR 1.2 is JSON with every entry, over several steps', async () => {
    const records = Array.from({ length: 2500 }, (_, index) => record(index + 1));
    const har = JSON.parse(await exportAll('har', records)) as {
      log: { version: string; creator: object; entries: { time: number; timings: object; startedDateTime: string }[] };
    };
    expect(har.log.version).toBe('1.2');
    expect(har.log.creator).toEqual({ name: 'Postern', version: '1.2.3' });
    expect(har.log.entries).toHaveLength(2500);
    expect(har.log.entries[0]).toMatchObject({
      startedDateTime: new Date(NOON_MS + 1).toISOString(),
      time: 10,
      timings: { send: 1, wait: 4, receive: 5 },
    });
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

  test('quotes for a shell, and leaves placeholders for what is secret', () => {
    expect(toCurl(seen)).toBe(
      String.raw`curl --include --path-as-is --header 'Cookie: [secret]' 'http://origin/it'\''s?token=[secret]'`,
    );
    expect(toCurl({ ...seen, method: 'POST' })).toContain(`--request 'POST'`);
    expect(toCurl({ ...seen, method: 'POST' })).toContain(`--data-binary '[body]'`);
    expect(toCurl({ ...seen, method: 'HEAD' })).toContain('--head');
    expect(toCurl({ ...seen, isUpgrade: true })).toContain('Upgrade: websocket');
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
