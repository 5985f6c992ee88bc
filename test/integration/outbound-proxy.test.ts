import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { makeServiceFetch } from '../../src-main/app/service-fetch.ts';
import { probeService } from '../../src-main/app/service-probe.ts';
import { environmentRoutes, isExempt } from '../../src-main/connector/proxy/environment-routes.ts';
import { parseProxyList, parseProxyUrl } from '../../src-main/connector/proxy/parse-proxy.ts';
import { type FindRoutes, fixedRoutes, type ProxyServer } from '../../src-main/connector/proxy/proxy-route.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { recentTraffic } from '../helpers/keeping-recorder.ts';
import { type TestAuthority, makeAuthority } from '../helpers/make-authority.ts';
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../helpers/start-connect-proxy.ts';
import { type ConnectorSide, startConnectorSide } from '../helpers/start-connector-side.ts';
import {
  type RunningConnector,
  startConnector,
  startEngine,
  type StartConnectorOptions,
  untilState,
} from '../helpers/start-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { rememberSecret } from '../helpers/test-log.ts';
import { findAddresses } from '../helpers/this-machine.ts';

const AUTHORIZATION = { kind: 'enrolmentToken', token: 'one-time' } as const;
const CREDENTIALS = { userName: 'postern', password: 'opensesame-of-the-proxy' };

let origin: Origin;
let secureOrigin: Origin;
let side: ConnectorSide;
let secureSide: ConnectorSide;
let authority: TestAuthority;
const proxies: ConnectProxy[] = [];
const connectors: RunningConnector[] = [];

beforeAll(async () => {
  rememberSecret('password of the proxy', CREDENTIALS.password);
  authority = await makeAuthority('Company authority');
  const certificate = await authority.issue(['127.0.0.1']);
  [origin, secureOrigin, side, secureSide] = await Promise.all([
    startOrigin(),
    startOrigin({ tls: certificate }),
    startConnectorSide(),
    startConnectorSide(certificate),
  ]);
  for (const each of [side, secureSide]) each.publish([makeApplication({ internalUrl: `${origin.url}/` })]);
});

afterEach(async () => {
  await Promise.all(connectors.splice(0).map((connector) => connector.close()));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

afterAll(async () => {
  await Promise.all([side.stop(), secureSide.stop(), origin.close(), secureOrigin.close()]);
});

async function startProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(options);
  proxies.push(proxy);
  return proxy;
}

function routesBy({ url }: ConnectProxy, credentials: ProxyServer['credentials'] = null): FindRoutes {
  return fixedRoutes({ ...(parseProxyUrl(url) as ProxyServer), credentials });
}

async function start(options: Partial<StartConnectorOptions>): Promise<RunningConnector> {
  const connector = await startConnector({ serviceUrl: side.url, authorization: AUTHORIZATION, ...options });
  connectors.push(connector);
  return connector;
}

describe('B69 the tunnel and the calls to the service go by the proxy', () => {
  test.each([
    ['without a password', {}, null],
    ['with one', { credentials: CREDENTIALS }, CREDENTIALS],
  ])('%s: enrolment and tunnels, and nothing is dialled past it', async (_how, options, credentials) => {
    const proxy = await startProxy(options);
    const dials = side.tunnelDials;
    const connector = await start({ findRoutes: routesBy(proxy, credentials) });
    const { host } = new URL(side.url);
    expect(new Set(proxy.asked)).toEqual(new Set([host]));
    // Description, enrolment by one connection; two tunnels.
    expect(proxy.asked.length).toBeGreaterThanOrEqual(3);
    expect(side.tunnelDials).toBe(dials + 2);
    const before = proxy.octets;
    expect((await fetch(`${side.url}/bytes/100000`)).status).toBe(200);
    await expect.poll(() => proxy.octets).toBeGreaterThan(before + 100_000);
    expect(connector.engine.state.tunnels.every(({ phase }) => phase === 'connected')).toBe(true);
  });

  test('TLS goes through unopened, and to the proxy itself where its address says https', async () => {
    const proxy = await startProxy({ tls: await authority.issue(['127.0.0.1']) });
    const certificates = { extraCertificates: [authority.cert], findRoutes: routesBy(proxy) };
    await start({ serviceUrl: secureSide.url, ...certificates });
    expect((await fetchInsecurely(`${secureSide.url}/echo`)).status).toBe(200);
    expect(proxy.asked).toContain(new URL(secureSide.url).host);
  });

  test('a proxy that inspects TLS is trusted by its own authority alone', async () => {
    const inspector = await makeAuthority('TLS inspection');
    const proxy = await startProxy({ inspector });
    const findRoutes = routesBy(proxy);
    const options = { serviceUrl: secureSide.url, authorization: AUTHORIZATION, findRoutes };
    const refused = startConnector({ ...options, extraCertificates: [authority.cert] });
    await expect(refused).rejects.toMatchObject({ code: 'SERVICE_CERTIFICATE' });
    const connector = await start({ ...options, extraCertificates: [inspector.cert] });
    expect(connector.engine.state.health).toBe('ok');
  });
});

async function fetchInsecurely(url: string): Promise<{ status: number }> {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const { statusCode, body } = await request(url, { dispatcher });
  await body.dump();
  await dispatcher.close();
  return { status: statusCode };
}

describe('B69 what is wrong with the proxy is said with its remedy', () => {
  test.each<[string, ConnectProxyOptions, ProxyServer['credentials'], string, string]>([
    ['a password that is missing', { credentials: CREDENTIALS }, null, 'PROXY_AUTHENTICATION', 'asks for a user name'],
    [
      'one that is wrong',
      { credentials: CREDENTIALS },
      { ...CREDENTIALS, password: 'wrong' },
      'PROXY_AUTHENTICATION',
      'does not accept the user name or the password',
    ],
    [
      'a sign-in that Postern does not speak',
      { credentials: CREDENTIALS, schemes: ['Negotiate', 'NTLM'] },
      null,
      'PROXY_AUTHENTICATION',
      'Negotiate, NTLM, and this connector knows Basic alone',
    ],
    ['a refusal', { status: '403 Forbidden by policy' }, null, 'PROXY_REFUSED', 'answered 403 (Forbidden by policy)'],
    ['what is no proxy', { status: '400 Bad Request' }, null, 'PROXY_REFUSED', '400'],
  ])('%s', async (_what, options, credentials, code, words) => {
    const proxy = await startProxy(options);
    const findRoutes = routesBy(proxy, credentials);
    const refused = startConnector({ serviceUrl: side.url, authorization: AUTHORIZATION, findRoutes });
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
  });

  test('a proxy that is not there: the engine says so, and comes up when it is', async () => {
    const { identity } = await start({});
    const gone = await startProxy();
    let findRoutes = routesBy(gone);
    await gone.close();
    proxies.splice(0);
    const engine = startEngine(identity, { tunnels: 1, findRoutes: (url) => findRoutes(url) });
    const { problem } = await untilState(engine, (state) => state.problem !== null);
    expect(problem).toMatchObject({ code: 'PROXY_UNREACHABLE' });
    expect(problem?.message).toContain(`127.0.0.1:${gone.port} could not be reached`);
    expect(problem?.remedy).toContain('Check the address of the proxy');
    findRoutes = routesBy(await startProxy());
    engine.retryNow();
    await untilState(engine, ({ health }) => health === 'ok');
    await engine.stop({ drainMs: 0 });
  });

  test('of several ways the next is tried where a proxy can not be reached', async () => {
    const proxy = await startProxy();
    const [working] = await routesBy(proxy)(new URL(side.url));
    const findRoutes: FindRoutes = async () => [
      { scheme: 'http', hostname: '127.0.0.1', port: 1, credentials: null },
      working as ProxyServer,
    ];
    const connector = await start({ findRoutes });
    expect(connector.engine.state.health).toBe('ok');
    expect(proxy.asked.length).toBeGreaterThan(0);
  });
});

test("B69 the desktop's own calls go by a proxy with a password, and its trouble is told as such", async () => {
  const proxy = await startProxy({ credentials: CREDENTIALS });
  const fetchBy = (credentials: ProxyServer['credentials']) =>
    makeServiceFetch({
      proxy: { needsNode: true, findRoutes: routesBy(proxy, credentials) },
      chromium: () => Promise.reject(new Error('Chromium was asked.')),
      extraCertificates: () => [],
      findAddresses,
    });
  const { description } = await probeService(fetchBy(CREDENTIALS), side.url);
  expect(description.displayName).toBe('Test service');
  const refused = probeService(fetchBy(null), side.url);
  await expect(refused).rejects.toMatchObject({ code: 'PROXY_AUTHENTICATION' });
});

describe('B69 backends', () => {
  test('are dialled directly unless it is wanted otherwise', async () => {
    const proxy = await startProxy();
    await start({ findRoutes: routesBy(proxy) });
    expect((await fetch(`${side.url}/echo`)).status).toBe(200);
    expect(proxy.asked).not.toContain(`127.0.0.1:${origin.port}`);
  });

  test('go by the proxy where it is wanted: plain, with TLS, and WebSockets', async () => {
    const proxy = await startProxy({ credentials: CREDENTIALS });
    await start({ findRoutes: routesBy(proxy, CREDENTIALS), isProxyForBackends: true });
    expect((await fetch(`${side.url}/echo`)).status).toBe(200);
    expect(proxy.asked).toContain(`127.0.0.1:${origin.port}`);
    const webSocket = new WebSocket(`${side.url.replace('http', 'ws')}/ws`);
    await once(webSocket, 'open');
    expect(proxy.asked.filter((asked) => asked === `127.0.0.1:${origin.port}`)).toHaveLength(2);
    webSocket.terminate();
    const insecure = { internalUrl: `${secureOrigin.url}/`, isBackendCertificateValidationEnabled: false };
    for (const backendHttpVersion of ['auto', 'http1'] as const) {
      side.publish([makeApplication({ ...insecure, backendHttpVersion })]);
      const before = secureOrigin.requests.length;
      await expect
        .poll(async () => [(await fetch(`${side.url}/echo`)).status, secureOrigin.requests.length > before])
        .toEqual([200, true]);
    }
    expect(proxy.asked).toContain(`127.0.0.1:${secureOrigin.port}`);
    side.publish([makeApplication({ internalUrl: `${origin.url}/` })]);
  });

  test('what the proxy refuses is named as such, and what only an address allows is refused before it', async () => {
    const proxy = await startProxy();
    const refusing = await startProxy({ status: '403 No' });
    const findRoutes: FindRoutes = (url) =>
      (url.port === String(origin.port) ? routesBy(refusing) : routesBy(proxy))(url);
    const connector = await start({ findRoutes, isProxyForBackends: true });
    const answer = await fetch(`${side.url}/echo`);
    expect([answer.status, answer.headers.get('x-code')]).toEqual([502, 'BACKEND_PROXY']);
    expect(recentTraffic(connector.engine).at(-1)?.errorCause).toContain('answered 403');
    side.publish([makeApplication({ internalUrl: `http://localhost:${origin.port}/` })]);
    connector.engine.setAllowList([{ hosts: [], addresses: ['127.0.0.0/8'], ports: [], hours: [] }]);
    await expect.poll(async () => (await fetch(`${side.url}/echo`)).headers.get('x-code')).toBe('BACKEND_FORBIDDEN');
    side.publish([makeApplication({ internalUrl: `${origin.url}/` })]);
  });
});

describe('B69 the variables of the environment', () => {
  const routes = (environment: Record<string, string>, url: string) =>
    environmentRoutes(environment, null)(new URL(url));

  test('HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, in capitals or not', async () => {
    const environment = { HTTPS_PROXY: 'http://user:p%40ss@proxy.corp:3128', http_proxy: 'plain.corp:8080' };
    expect(await routes(environment, 'wss://postern.example.com/')).toEqual([
      {
        scheme: 'http',
        hostname: 'proxy.corp',
        port: 3128,
        credentials: { userName: 'user', password: 'p@ss' },
      },
    ]);
    expect(await routes(environment, 'http://postern.example.com/')).toMatchObject([{ hostname: 'plain.corp' }]);
    expect(await routes({ ALL_PROXY: 'https://a.corp' }, 'https://b.example/')).toMatchObject([
      { scheme: 'https', port: 443 },
    ]);
    expect(await routes({}, 'https://b.example/')).toEqual(['direct']);
    await expect(routes({ HTTPS_PROXY: 'socks4://me:hunter2@a' }, 'https://b.example/')).rejects.toMatchObject({
      code: 'PROXY_UNREACHABLE',
      message: expect.not.stringContaining('hunter2') as string,
    });
  });

  test.each([
    ['*', true],
    ['postern.example.com', true],
    ['example.com', true],
    ['.example.com', true],
    ['*.example.com', true],
    ['ample.com', false],
    ['localhost, example.com:443', true],
    ['example.com:80', false],
    ['10.0.0.0/8', false],
    ['', false],
  ])('NO_PROXY=%s exempts postern.example.com: %s', (list, expected) => {
    expect(isExempt(new URL('https://postern.example.com/'), list)).toBe(expected);
  });

  test('NO_PROXY takes networks', () => {
    expect(isExempt(new URL('https://10.1.2.3/'), '192.168.0.1 10.0.0.0/8')).toBe(true);
  });

  test('what a PAC script answers', () => {
    expect(parseProxyList('PROXY a:1; HTTPS b:2; SOCKS5 c:3; SOCKS d:4; SOCKS4 e:5; DIRECT', CREDENTIALS)).toEqual({
      routes: [
        { scheme: 'http', hostname: 'a', port: 1, credentials: CREDENTIALS },
        { scheme: 'https', hostname: 'b', port: 2, credentials: CREDENTIALS },
        { scheme: 'socks5', hostname: 'c', port: 3, credentials: CREDENTIALS },
        { scheme: 'socks5', hostname: 'd', port: 4, credentials: CREDENTIALS },
        'direct',
      ],
      unknown: ['SOCKS4 e:5'],
    });
  });
});
