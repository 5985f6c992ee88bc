import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { type SocksProxy, startSocksProxy } from '../helpers/start-socks-proxy.ts';
import { startConnectProxy } from '../helpers/start-connect-proxy.ts';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPath, type PathCheckOptions } from '../../src-main/app/path-check.ts';
import type { PathCheckHop } from '../../src-shared/ipc/window-models.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

let provider: StartedProvider;
let service: StartedService;
let proxy: Server;
let proxyRule: string;
/** What the proxy answers to CONNECT; 200 connects. */
let proxyStatus = 200;
const connected: string[] = [];
const sockets = new Set<Duplex>();

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  proxy = createServer().on('connect', (request, socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    connected.push(request.url ?? '');
    if (proxyStatus !== 200) {
      socket.end(`HTTP/1.1 ${proxyStatus} No\r\n\r\n`);
      return;
    }
    const { port } = new URL(service.url);
    const far = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(far).pipe(socket);
    });
    far.on('error', () => socket.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  proxyRule = `PROXY 127.0.0.1:${(proxy.address() as AddressInfo).port}; DIRECT`;
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  proxy?.close();
  await service?.close();
  await provider?.close();
});

async function check(change: Partial<PathCheckOptions> = {}) {
  const told: PathCheckHop[] = [];
  const hops = await checkPath({
    serviceUrl: service.url,
    fetch: (url, init) => fetch(url, init),
    resolveProxy: () => Promise.resolve('DIRECT'),
    probeSignIn: () => Promise.resolve('Ada Admin may administer the service'),
    canaryAtMs: () => null,
    onHop: (hop) => told.push(hop),
    language: 'en',
    signal: new AbortController().signal,
    ...change,
  });
  expect(told).toEqual(hops);
  return Object.fromEntries(hops.map(({ hop, outcome, detail, remedy }) => [hop, { outcome, detail, remedy }]));
}

test('B61 each hop to the service is told, the probe through the open tunnel, too', async () => {
  const hops = await check();
  expect(Object.values(hops).filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(hops['proxy']).toMatchObject({ outcome: 'skipped', detail: expect.stringContaining('None is set') as string });
  expect(hops['connect']?.detail).toMatch(/^Port \d+ open, \d+ ms$/);
  expect(hops['signIn']?.detail).toBe('Ada Admin may administer the service');
  expect(hops['canary']?.detail).toMatch(/^What is sent through it comes back, \d+ ms$/);
});

test('B61 a connector that the service probes already needs no other probe', async () => {
  expect((await check({ canaryAtMs: Date.now }))['canary']?.detail).toMatch(/^The service’s own probes come back/);
});

test('B69 where an outbound proxy is set the way leads through it', async () => {
  proxyStatus = 200;
  connected.length = 0;
  const hops = await check({ resolveProxy: () => Promise.resolve(proxyRule) });
  expect(hops['proxy']).toMatchObject({
    outcome: 'passed',
    detail: expect.stringContaining('lets this machine') as string,
  });
  expect(hops['resolve']?.outcome).toBe('skipped');
  expect(hops['canary']?.outcome).toBe('passed');
  const { host } = new URL(service.url);
  expect(connected).toEqual([host, host]);
});

test.each([
  [407, /asks for a user name and password/],
  [403, /does not let this machine through: 403/],
])('B69 a proxy that answers %i is named, with the remedy, and nothing behind it is tried', async (status, words) => {
  proxyStatus = status;
  const hops = await check({ resolveProxy: () => Promise.resolve(proxyRule) });
  expect(hops['proxy']).toMatchObject({ outcome: 'failed', detail: expect.stringMatching(words) as string });
  expect(hops['proxy']?.remedy).toContain('proxy settings');
  expect(hops['canary']).toMatchObject({ outcome: 'skipped', detail: 'Not tried: an earlier hop failed' });
});

test('B69 a proxy where nothing listens is said in plain words', async () => {
  const hops = await check({ resolveProxy: () => Promise.resolve('PROXY 127.0.0.1:1') });
  expect(hops['proxy']?.detail).toMatch(/^The connection was refused: nothing listens there \(.*ECONNREFUSED/);
});

test('a check that is stopped ends, and says so; in German where that is spoken', async () => {
  const stop = new AbortController();
  const hops = await check({
    language: 'de',
    signal: stop.signal,
    probeSignIn: () => {
      stop.abort();
      return Promise.resolve('Ada Admin');
    },
  });
  expect(hops['connect']?.detail).toMatch(/^Port \d+ offen/);
  expect(hops['tunnel']).toMatchObject({ outcome: 'skipped', detail: 'Angehalten' });
});

test('B14 a clock that is far off is said', async () => {
  const shifted: PathCheckOptions['fetch'] = async (url, init) => {
    const response = await fetch(url, init);
    const headers = new Headers(response.headers);
    headers.set('date', new Date(Date.now() - 600_000).toUTCString());
    return new Response(response.body, { status: response.status, headers });
  };
  expect((await check({ fetch: shifted }))['clock']).toMatchObject({
    outcome: 'failed',
    detail: expect.stringMatching(/60\d s apart/) as string,
  });
});

test('B69 a proxy that asks for a password gets it, and a wrong one is told at that hop', async () => {
  const credentials = { userName: 'postern', password: 'pass-of-the-path-check' };
  const asking = await startConnectProxy({ credentials });
  const resolveProxy = () => Promise.resolve(`PROXY 127.0.0.1:${asking.port}`);
  try {
    const good = await check({ resolveProxy, proxyCredentials: () => credentials });
    expect(good['proxy']).toMatchObject({ outcome: 'passed' });
    expect(good['tunnel']).toMatchObject({ outcome: 'passed' });
    const bad = await check({ resolveProxy, proxyCredentials: () => null });
    expect(bad['proxy']).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('asks for') as string });
  } finally {
    await asking.close();
  }
});

test('B69 a proxy of SOCKS5 is gone through hop by hop, and says where it does not let one pass', async () => {
  const credentials = { userName: 'postern', password: 'pass-of-the-path-check' };
  const asking = await startSocksProxy({ credentials });
  const refusing = await startSocksProxy({ reply: 2 });
  const by = ({ url }: SocksProxy) => ({ resolveProxy: async () => url.replace('socks5://', 'SOCKS5 ') });
  try {
    const good = await check({ ...by(asking), proxyCredentials: () => credentials });
    expect([good['proxy']?.outcome, good['tunnel']?.outcome]).toEqual(['passed', 'passed']);
    const bad = await check({ ...by(asking), proxyCredentials: () => null });
    expect(bad['proxy']).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('asks for') as string });
    const refused = await check(by(refusing));
    expect(refused['proxy']?.detail).toContain('its rules do not allow it');
  } finally {
    await asking.close();
    await refusing.close();
  }
});

test('a certificate that is not trusted was told without who issued it, and in the words of OpenSSL', async () => {
  const server = createSecureServer(await makeCertificate(['localhost'], [])).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const serviceUrl = `https://localhost:${(server.address() as AddressInfo).port}`;
  try {
    const english = (await check({ serviceUrl }))['tls'];
    expect(english?.outcome).toBe('failed');
    expect(english?.detail).toMatch(
      / is self-signed, .* \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. It was issued by Test server,/,
    );
    const german = (await check({ serviceUrl, language: 'de' }))['tls'];
    expect(german?.detail).toMatch(/ ist selbst signiert, .*\. Ausgestellt hat es Test server, gültig ist es bis /);
  } finally {
    server.close();
  }
});

test('a server that closes the connection was told in English in every language', async () => {
  const server = createTcpServer((socket) => void socket.once('data', () => socket.resetAndDestroy())).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const serviceUrl = `https://localhost:${(server.address() as AddressInfo).port}`;
  try {
    const german = (await check({ serviceUrl, language: 'de' }))['tls'];
    expect(german?.detail).toMatch(/^localhost:\d+ schloss die Verbindung, bevor eine Antwort kam \(ECONNRESET\)\.$/);
  } finally {
    server.close();
  }
});
