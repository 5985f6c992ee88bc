import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openProxyTunnel } from '../../src-main/connector/proxy/open-proxy-tunnel.ts';
import { parseProxyUrl } from '../../src-main/connector/proxy/parse-proxy.ts';
import { fixedRoutes, type ProxyServer } from '../../src-main/connector/proxy/proxy-route.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { type RunningConnector, startConnector } from '../helpers/start-connector.ts';
import { type ConnectorSide, startConnectorSide } from '../helpers/start-connector-side.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type SocksProxy, type SocksProxyOptions, startSocksProxy } from '../helpers/start-socks-proxy.ts';
import { rememberSecret } from '../helpers/test-log.ts';
import { findAddresses } from '../helpers/this-machine.ts';

const CREDENTIALS = { userName: 'postern', password: 'opensesame-of-the-socks' };
/** What a server says to a client that signs in by password and asks for a connection. */
const ANSWERS = [5, 2, 1, 0, 5, 0, 0, 1, 127, 0, 0, 1, 0, 80];

let origin: Origin;
let side: ConnectorSide;
const ends: (() => Promise<unknown> | void)[] = [];

beforeAll(async () => {
  rememberSecret('password of the SOCKS proxy', CREDENTIALS.password);
  [origin, side] = await Promise.all([startOrigin(), startConnectorSide()]);
  side.publish([makeApplication({ internalUrl: `http://localhost:${origin.port}/` })]);
});

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

afterAll(async () => {
  await Promise.all([side.stop(), origin.close()]);
});

function at(url: string, credentials: ProxyServer['credentials'] = null): ProxyServer {
  return { ...(parseProxyUrl(url) as ProxyServer), credentials };
}

async function startProxy(options: SocksProxyOptions = {}): Promise<SocksProxy> {
  const proxy = await startSocksProxy(options);
  ends.push(() => proxy.close());
  return proxy;
}

async function open(server: ProxyServer, hostname = 'localhost', port = origin.port): Promise<Socket> {
  const { signal } = new AbortController();
  const times = { connectMs: 2000, answerMs: 2000 };
  const socket = await openProxyTunnel({
    server,
    hostname,
    port,
    ...times,
    extraCertificates: [],
    findAddresses,
    signal,
  });
  ends.push(() => void socket.destroy());
  return socket;
}

/** Something that answers each connection as `talk` says. */
async function startRaw(talk: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.resume();
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('B69 a proxy of SOCKS5', () => {
  test.each([
    ['without a password', {}, null],
    ['with one', { credentials: CREDENTIALS }, CREDENTIALS],
    ['that speaks octet by octet', { credentials: CREDENTIALS, isSlow: true }, CREDENTIALS],
  ])('%s carries enrolment, tunnels, and applications where wanted', async (_how, options, credentials) => {
    const proxy = await startProxy(options);
    const connector: RunningConnector = await startConnector({
      serviceUrl: side.url,
      authorization: { kind: 'enrolmentToken', token: 'one-time' },
      findRoutes: fixedRoutes(at(proxy.url, credentials)),
      isProxyForBackends: true,
    });
    ends.push(() => connector.close());
    expect(proxy.asked).toContain(new URL(side.url).host);
    expect((await fetch(`${side.url}/bytes/100000`)).status).toBe(200);
    expect(proxy.asked).toContain(`localhost:${origin.port}`);
  });

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['2001:db8::a:1', '2001:db8:0:0:0:0:a:1'],
    ['::ffff:10.1.2.3', '0:0:0:0:0:ffff:a01:203'],
  ])('is asked for %s as the address that it is', async (hostname, written) => {
    const said: Buffer[] = [];
    const url = await startRaw((socket) => {
      socket.on('data', (data) => said.push(data));
      socket.write(Uint8Array.of(5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    });
    await open(at(url), hostname, 443);
    await expect.poll(() => Buffer.concat(said).length).toBeGreaterThan(12);
    const octets = Buffer.concat(said).subarray(6, -2);
    const shown =
      octets[0] === 1
        ? [...octets.subarray(1)].join('.')
        : Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(1 + index * 2).toString(16)).join(':');
    expect(shown).toBe(written);
  });

  test('that says more than its answer keeps that for whoever reads next', async () => {
    const url = await startRaw((socket) =>
      socket.write(Buffer.concat([Uint8Array.of(...ANSWERS), Buffer.from('hello')])),
    );
    const socket = await open(at(url, CREDENTIALS));
    socket.setEncoding('utf8');
    const [text] = (await once(socket, 'data')) as [string];
    expect(text).toBe('hello');
  });
});

describe('B69 what is wrong with a proxy of SOCKS5 is said', () => {
  test.each<[string, SocksProxyOptions, ProxyServer['credentials'], string, RegExp]>([
    ['a password that is missing', { credentials: CREDENTIALS }, null, 'PROXY_AUTHENTICATION', /asks for a user name/],
    [
      'one that is wrong',
      { credentials: CREDENTIALS },
      { ...CREDENTIALS, password: 'wrong' },
      'PROXY_AUTHENTICATION',
      /does not accept/,
    ],
    [
      'one that is too long',
      { credentials: CREDENTIALS },
      { ...CREDENTIALS, password: 'x'.repeat(256) },
      'PROXY_AUTHENTICATION',
      /more than 255 octets/,
    ],
    ['a rule', { reply: 2 }, null, 'PROXY_REFUSED', /its rules do not allow it/],
    ['a host that is not there', { reply: 4 }, null, 'PROXY_REFUSED', /host is unreachable/],
    ['a reply that nobody knows', { reply: 77 }, null, 'PROXY_REFUSED', /it answered 77/],
  ])('%s', async (_what, options, credentials, code, message) => {
    const proxy = await startProxy(options);
    const failed = open(at(proxy.url, credentials));
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  test.each([
    ['a web server', [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], 'PROXY_REFUSED', /no proxy of SOCKS5/],
    ['GSSAPI alone', [5, 0xff], 'PROXY_AUTHENTICATION', /GSSAPI/],
    ['a method that was not offered', [5, 1], 'PROXY_AUTHENTICATION', /by a method \(1\)/],
    ['an address of no known kind', [5, 0, 5, 0, 0, 9], 'PROXY_REFUSED', /no proxy of SOCKS5/],
  ])('%s', async (_what, octets, code, message) => {
    const url = await startRaw((socket) => socket.write(Uint8Array.of(...octets)));
    const failed = open(at(url, CREDENTIALS));
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  test('an answer that is cut off at any octet, and one that never comes', async () => {
    for (let length = 0; length < ANSWERS.length; length += 1) {
      const url = await startRaw((socket) => socket.end(Uint8Array.of(...ANSWERS.slice(0, length))));
      await expect(open(at(url, CREDENTIALS))).rejects.toMatchObject({
        code: 'PROXY_UNREACHABLE',
        message: expect.not.stringContaining('did not answer') as string,
      });
    }
    const url = await startRaw((socket) => socket.write(Uint8Array.of(5)));
    await expect(open(at(url))).rejects.toMatchObject({
      code: 'PROXY_UNREACHABLE',
      message: expect.stringContaining('did not answer within') as string,
    });
  });
});
