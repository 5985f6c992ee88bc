import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FindAddresses } from '../../src-main/connector/loopback-lookup.ts';
import type { ConnectionOpening } from '../../src-shared/connector/connection-opening.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { ForwarderClient, makeApplication } from '../helpers/forwarder-client.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { type Http2Origin, startHttp2Origin } from '../helpers/start-http2-origin.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { findAddresses } from '../helpers/this-machine.ts';

/** What the record of a request says of the connection to the backend: DNS, TCP and TLS of one that was opened for it. */
const LOOKUP_MS = 60;
const UPGRADE = { isUpgrade: true, headers: ['Connection', 'Upgrade', 'Upgrade', 'echo'] };

let plain: Origin;
let secure: Origin;
let http2: Http2Origin;
let client: ForwarderClient;

beforeAll(async () => {
  const tls = await makeCertificate(['app.localhost'], ['127.0.0.1']);
  [plain, secure, http2] = await Promise.all([startOrigin(), startOrigin({ tls }), startHttp2Origin({ tls })]);
});

afterEach(() => client.close());
afterAll(() => Promise.all([plain.close(), secure.close(), http2.close()]));

const findSlowly: FindAddresses = async (hostname) => {
  await sleep(LOOKUP_MS);
  return findAddresses(hostname);
};

function start(http1Client: 'plain' | 'undici' = 'plain'): void {
  const named = (url: string): string => `${url.replace('127.0.0.1', 'app.localhost')}/`;
  const over = { isBackendCertificateValidationEnabled: false };
  client = new ForwarderClient(
    [
      makeApplication({ internalUrl: named(plain.url) }),
      makeApplication({ id: 'secure', internalUrl: named(secure.url), backendHttpVersion: 'http1', ...over }),
      makeApplication({ id: 'negotiated', internalUrl: named(secure.url), ...over }),
      makeApplication({ id: 'http2', internalUrl: named(http2.url), ...over }),
      makeApplication({ id: 'no-tls', internalUrl: named(plain.url.replace('http:', 'https:')), ...over }),
      makeApplication({ id: 'refused', internalUrl: 'http://127.0.0.1:1/' }),
      makeApplication({ id: 'unknown', internalUrl: 'http://no-such-host.invalid/' }),
    ],
    { http1Client },
    [],
    { find: findSlowly },
  );
}

function lastRecord(): TrafficRecord {
  const record = client.recorder.recent().at(-1);
  if (record === undefined) throw new Error('Nothing was asked.');
  return record;
}

/** Of the last request, whose steps follow each other and end before it was sent. */
function lastOpening(): ConnectionOpening {
  const { connection, timing } = lastRecord();
  if (connection === null || connection === 'reused') throw new Error(`The connection is ${connection}.`);
  const { beganMs, resolvedMs, connectedMs, securedMs } = connection;
  const times = [0, beganMs, resolvedMs, connectedMs, securedMs, timing.sentMs].filter((time) => time !== null);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  return connection;
}

function expectResolved({ beganMs, resolvedMs }: ConnectionOpening): void {
  expect((resolvedMs ?? 0) - beganMs).toBeGreaterThan(LOOKUP_MS - 5);
}

describe.each(['plain', 'undici'] as const)('over HTTP/1.1 by the client %s', (http1Client) => {
  test('a request whose connection was opened for it tells its steps, and the next one that it was there', async () => {
    start(http1Client);
    await client.ask('/bytes/1');
    expectResolved(lastOpening());
    expect(lastOpening()).toMatchObject({ connectedMs: expect.any(Number), securedMs: null });
    await client.ask('/bytes/1');
    expect(lastRecord().connection).toBe('reused');
    await client.ask('/bytes/1', { applicationId: 'secure' });
    expectResolved(lastOpening());
    expect(lastOpening().securedMs).toBeGreaterThan(lastOpening().connectedMs ?? Infinity);
    await client.ask('/bytes/1', { applicationId: 'secure' });
    expect(lastRecord().connection).toBe('reused');
  });

  test('a request that had to wait for a connection tells the steps as far as they came', async () => {
    start(http1Client);
    await expect(client.ask('/', { applicationId: 'refused' })).rejects.toThrow('BACKEND_REFUSED');
    expect(lastOpening()).toMatchObject({ resolvedMs: null, connectedMs: null, securedMs: null });
    await expect(client.ask('/', { applicationId: 'unknown' })).rejects.toThrow('BACKEND_UNRESOLVED');
    expect(lastOpening()).toMatchObject({ resolvedMs: null, connectedMs: null });
    await expect(client.ask('/', { applicationId: 'no-tls' })).rejects.toThrow('BACKEND_TLS');
    expectResolved(lastOpening());
    expect(lastOpening()).toMatchObject({ connectedMs: expect.any(Number), securedMs: null });
  });
});

test('a connection that belongs to one user tells its steps once', async () => {
  start();
  const ofOne = { connectionId: 'c1', headers: ['authorization', 'NTLM abc'] };
  await client.ask('/bytes/1', ofOne);
  expectResolved(lastOpening());
  await client.ask('/bytes/1', ofOne);
  expect(lastRecord().connection).toBe('reused');
});

test('over HTTP/2 all that waited for the connection tell its steps, and those after it that it was there', async () => {
  start();
  const ask = (): Promise<unknown> => client.ask('/bytes/1', { applicationId: 'http2' });
  await Promise.all([ask(), ask()]);
  const openings = client.recorder.recent().map(({ connection }) => connection);
  for (const opening of openings) expect(opening).toMatchObject({ securedMs: expect.any(Number) });
  expectResolved(lastOpening());
  await ask();
  expect(lastRecord().connection).toBe('reused');
});

test('where the backend was asked first whether it speaks HTTP/2, the connection that was used then tells its steps', async () => {
  start();
  await client.ask('/bytes/1', { applicationId: 'negotiated' });
  expectResolved(lastOpening());
  expect(lastOpening().beganMs).toBeGreaterThan(LOOKUP_MS - 5);
});

test('a switch of protocols has a connection of its own each time', async () => {
  start();
  for (let turn = 0; turn < 2; turn += 1) {
    const exchange = client.open('/raw', UPGRADE, false);
    expect((await exchange.head).status).toBe(101);
    expectResolved(lastOpening());
    exchange.cancel();
  }
});
