import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CapturedExchange } from '../../src-main/connector/capture/captured-exchange.ts';
import { type CapturedBodies, MAX_CAPTURED_BYTES, NO_CAPTURE } from '../../src-shared/connector/body-capture.ts';
import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { AppStateStore } from '../../src-main/app/app-state-store.ts';
import { BodyStore } from '../../src-main/app/capture/body-store.ts';
import { type CaptureAudit, CaptureController } from '../../src-main/app/capture/capture-controller.ts';
import { describeBodies } from '../../src-main/app/capture/describe-bodies.ts';

function bodies(sequence: number, response: Uint8Array | string = '', totalBytes?: number) {
  const octets = typeof response === 'string' ? new TextEncoder().encode(response) : response;
  const request = { octets: new Uint8Array(), totalBytes: 0 };
  return { sequence, request, response: { octets, totalBytes: totalBytes ?? octets.length } };
}

describe('captured bodies', () => {
  const show = (octets: Uint8Array | string, headers: Record<string, string>, totalBytes?: number) => {
    const response = Object.entries(headers).map(([name, value]) => ({ name, value }));
    return describeBodies(bodies(1, octets, totalBytes), { sequence: 1, request: [], response }).response;
  };

  test('are text where they are, in their charset, and decompressed', () => {
    expect(show('<p>ü</p>', { 'Content-Type': 'text/html; charset=utf-8' })).toEqual({
      kind: 'text',
      text: '<p>ü</p>',
      totalBytes: 9,
      isWhole: true,
    });
    expect(show(Buffer.from('fc', 'hex'), { 'content-type': 'text/plain; charset=iso-8859-1' }).text).toBe('ü');
    const zipped = gzipSync('{"a":1}');
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(show(zipped, headers).text).toBe('{"a":1}');
    const packed = zstdCompressSync('{"a":1}');
    expect(show(packed, { 'content-type': 'application/json', 'content-encoding': 'zstd' }).text).toBe('{"a":1}');
    const long = gzipSync(Array.from({ length: 5000 }, (_, index) => index * 7919).join(' '));
    const cut = show(long.subarray(0, 1000), headers, long.length);
    expect(cut.text).toMatch(/^0 7919 15838 /);
    expect(cut.isWhole).toBe(false);
  });

  test('that are no text are shown by their octets, and a bomb does no harm', () => {
    expect(show(Uint8Array.of(0, 1, 255), { 'content-type': 'image/png' })).toMatchObject({
      kind: 'binary',
      text: '00 01 ff',
    });
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(show(bomb, { 'content-encoding': 'gzip' })).toMatchObject({ kind: 'binary', totalBytes: bomb.length });
    expect(show('', {})).toMatchObject({ kind: 'empty', isWhole: true });
    expect(show('plain', { 'content-encoding': 'gzip', 'content-type': 'text/css' }).text).toBe('plain');
  });

  test('take no more memory where they come an octet at a time', () => {
    const passed = { write: vi.fn<() => boolean>(() => true) } as unknown as MuxStream;
    const captured: CapturedBodies[] = [];
    const exchange = new CapturedExchange(passed, 7, (found) => void captured.push(found));
    const octet = Uint8Array.of(0x61);
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < MAX_CAPTURED_BYTES; count += 1) exchange.onData(octet);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * 1024 * 1024);
    for (const part of ['over ', 'the ', 'wire']) exchange.write(Buffer.from(part));
    exchange.onData(octet);
    exchange.finish();
    expect(captured[0]?.request.octets.length).toBe(MAX_CAPTURED_BYTES);
    expect(captured[0]?.request.totalBytes).toBe(MAX_CAPTURED_BYTES + 1);
    expect(Buffer.from(captured[0]?.response.octets ?? []).toString()).toBe('over the wire');
  });

  test('are held within a bound, the newest', () => {
    const store = new BodyStore();
    for (let sequence = 1; sequence <= 200; sequence += 1) store.add(bodies(sequence, new Uint8Array(256 * 1024)));
    expect(store.size).toBe(128);
    expect(store.find(72)).toBeNull();
    expect(store.find(200)?.sequence).toBe(200);
    store.clear();
    expect(store.size).toBe(0);
  });
});

describe('a capture', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  function start(access: 'administrator' | 'reader' = 'administrator', auditing: Partial<CaptureAudit> = {}) {
    const orders: unknown[] = [];
    const log: string[] = [];
    const note = (fields: object, event: string): void => void log.push(`${event} ${JSON.stringify(fields)}`);
    const state = new AppStateStore({
      account: { displayName: 'Ada Admin', userName: 'admin@contoso', access },
      signIn: { isRequired: false },
      engine: { applications: [{ id: 'hr', displayName: 'HR' }] },
      connector: { connectorId: 'berlin' },
      bodyCapture: NO_CAPTURE,
    } as unknown as AppState);
    const audit: unknown[] = [];
    const capture = new CaptureController({
      state,
      log: { debug: note, info: note, warn: note, error: note },
      now: Date.now,
      audit: {
        start: async (wanted) => {
          audit.push(wanted);
          return 'capture-1';
        },
        end: async (id, end) => void audit.push([id, end]),
        ...auditing,
      },
      order: (order) => orders.push(order),
    });
    return { capture, state, orders, log, audit };
  }

  test('is shown while it runs, ends by itself, and both is in the audit and in the log', async () => {
    const { capture, state, orders, log, audit } = start();
    await capture.start('hr', 15);
    expect(audit).toEqual([{ applicationId: 'hr', connectorId: 'berlin', minutes: 15 }]);
    expect(orders).toEqual([{ applicationId: 'hr', untilMs: 1_000_000 + 900_000 }]);
    expect(state.current.bodyCapture.running).toMatchObject({ applicationName: 'HR', startedBy: 'Ada Admin' });
    capture.add(bodies(7, 'secret'));
    vi.advanceTimersByTime(1000);
    expect(state.current.bodyCapture.kept).toBe(1);
    vi.advanceTimersByTime(899_000);
    expect(state.current.bodyCapture).toEqual({ running: null, kept: 1 });
    expect(orders.at(-1)).toBeNull();
    expect(log).toEqual([
      'capture.started {"applicationId":"hr","applicationName":"HR","minutes":15,"by":"admin@contoso","auditId":"capture-1"}',
      'capture.ended {"applicationId":"hr","applicationName":"HR","reason":"over","requests":1}',
    ]);
    await capture.told(1000);
    expect(audit.at(-1)).toEqual(['capture-1', { reason: 'over', requests: 1 }]);
    capture.add(bodies(8));
    expect(capture.find(8)).toBeNull();
    expect(capture.find(7)?.sequence).toBe(7);
    capture.discard();
    expect(state.current.bodyCapture.kept).toBe(0);
  });

  test('ends with the engine and with the sign-in', async () => {
    for (const change of [{ engine: null }, { account: null }] satisfies Partial<AppState>[]) {
      const { capture, state, orders } = start();
      await capture.start('hr', 5);
      state.set(change);
      expect(state.current.bodyCapture.running).toBeNull();
      expect(orders.at(-1)).toBeNull();
    }
  });

  test('whose administrator signs out, also after its end, leaves nothing for who comes next', async () => {
    const { capture, state } = start();
    await capture.start('hr', 5);
    capture.add(bodies(7, 'secret'));
    state.set({ engine: null });
    expect(capture.find(7)?.sequence).toBe(7);
    state.set({ account: null });
    expect(capture.find(7)).toBeNull();
    expect(state.current.bodyCapture).toEqual(NO_CAPTURE);
  });

  test('whose sign-in had run out was shown to whoever signed in again in its place', async () => {
    const { capture, state } = start();
    await capture.start('hr', 5);
    capture.add(bodies(7, 'secret'));
    const { account } = state.current;
    state.set({ account: account === null ? null : { ...account, access: null } });
    expect(capture.find(7)?.sequence).toBe(7);
    state.set({ account: account === null ? null : { ...account, userName: 'bob@contoso' } });
    expect(capture.find(7)).toBeNull();
    expect(state.current.bodyCapture).toEqual(NO_CAPTURE);
  });

  test('is refused to readers, without a sign-in, and for what is not served here', async () => {
    const code = (expected: string) => expect.objectContaining({ code: expected });
    await expect(start('reader').capture.start('hr', 5)).rejects.toEqual(code('API_FORBIDDEN'));
    const { capture, state, audit } = start();
    await expect(capture.start('crm', 5)).rejects.toEqual(code('API_NOT_FOUND'));
    state.set({ account: null });
    await expect(capture.start('hr', 5)).rejects.toEqual(code('ADMIN_SIGNIN_REQUIRED'));
    expect(audit).toEqual([]);
  });

  test('does not begin where the service did not take it into its audit, and says what to do', async () => {
    for (const [thrown, message] of [
      [new PosternError('API_NOT_FOUND', { message: 'There is nothing at POST.' }), /older than this app.*Update it/],
      [
        new PosternError('STORE_UNAVAILABLE', { message: 'The store is away.' }),
        /must have it in its audit.*store is away/,
      ],
    ] as const) {
      const { capture, state, orders } = start('administrator', { start: async () => Promise.reject(thrown) });
      await expect(capture.start('hr', 5)).rejects.toThrow(message);
      expect([orders, state.current.bodyCapture.running]).toEqual([[], null]);
    }
  });

  test('that its engine left while the service noted it has its end in the audit at once', async () => {
    const noted = Promise.withResolvers<string>();
    const { capture, state, orders, audit } = start('administrator', { start: async () => noted.promise });
    const started = capture.start('hr', 5);
    await expect(capture.start('hr', 5)).rejects.toThrow(/beginning already/);
    state.set({ engine: null });
    noted.resolve('capture-2');
    await expect(started).rejects.toEqual(expect.objectContaining({ code: 'API_NOT_FOUND' }));
    await capture.told(1000);
    expect(audit).toEqual([['capture-2', { reason: 'engineGone', requests: 0 }]]);
    expect(orders).toEqual([]);
  });

  test('whose end the service could not take is told of again', async () => {
    vi.useRealTimers();
    let asked = 0;
    const end = async (): Promise<void> => {
      asked += 1;
      if (asked === 1) throw new PosternError('SERVICE_UNREACHABLE');
    };
    const { capture } = start('administrator', { end });
    await capture.start('hr', 5);
    capture.stop('stopped');
    await capture.told(30_000);
    expect(asked).toBe(2);
  });
});
