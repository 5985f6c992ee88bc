import { createServer, type Server, Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { IdentityKeeper } from '../../src-main/connector/identity-keeper.ts';
import { HeldConfiguration } from '../../src-main/connector/held-configuration.ts';
import { directRoutes, type FindRoutes, fixedRoutes } from '../../src-main/connector/proxy/proxy-route.ts';
import type { DialDeadlines } from '../../src-main/connector/service-socket.ts';
import { established } from '../../src-main/connector/socket-phases.ts';
import { Tunnel } from '../../src-main/connector/tunnel.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { DEFAULT_MUX_LIMITS } from '../../src-shared/mux/mux-limits.ts';
import { startBareConnector } from '../helpers/start-bare-connector.ts';
import { handlerWith } from '../helpers/mux-pair.ts';
import { startRelayHarness } from '../helpers/relay-harness.ts';
import { silentLog } from '../helpers/start-connector.ts';
import { startRogueService } from '../helpers/start-rogue-service.ts';
import { systemRuntime } from '../helpers/this-machine.ts';

/** Longer than any test runs: what times out is the one phase under test. */
const NEVER_MS = 600_000;
const SHORT_MS = 50;
const PATIENT: DialDeadlines = {
  dnsMs: NEVER_MS,
  tcpMs: NEVER_MS,
  proxyMs: NEVER_MS,
  tlsMs: NEVER_MS,
  upgradeMs: NEVER_MS,
  helloMs: NEVER_MS,
};

const stack: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of stack.splice(0).toReversed()) await end();
});

/** A port that takes connections and never says anything. @returns `127.0.0.1:PORT` */
async function startSilence(): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, port };
}

/** Dials once. @returns why it failed */
async function dial(
  tunnelUrl: string,
  deadlines: Partial<DialDeadlines>,
  findRoutes: FindRoutes = directRoutes,
): Promise<PosternError> {
  const ended = Promise.withResolvers<PosternError>();
  const nothing = (): void => undefined;
  const tunnel = new Tunnel({
    keeper: new IdentityKeeper({
      identity: { tunnelUrl, tunnelAudience: 'a' } as ConnectorIdentity,
      save: undefined,
      runtime: systemRuntime,
      log: silentLog,
      onRenewed: nothing,
    }),
    index: 0,
    epoch: 1,
    version: '0.0.0',
    machineName: 'test',
    extraCertificates: [],
    findRoutes,
    deadlines: { ...PATIENT, ...deadlines },
    limits: DEFAULT_MUX_LIMITS,
    runtime: systemRuntime,
    log: silentLog,
    events: {
      onOpened: nothing,
      onConnected: nothing,
      onConfiguration: nothing,
      onDraining: nothing,
      onClosed: (error) => ended.resolve(error),
      onStreamEnd: nothing,
      onProgress: nothing,
    },
    held: new HeldConfiguration(
      () => null,
      () => null,
    ),
    isAlone: () => true,
    onStream: () => handlerWith({}),
    onRelease: nothing,
  });
  const error = await ended.promise;
  tunnel.close('TUNNEL_CLOSED', 'The test is over.');
  return error;
}

test('the question by which proxy the service is reached has a deadline', async () => {
  const { code, message } = await dial(
    'ws://localhost:1/',
    { dnsMs: SHORT_MS },
    async () => new Promise(() => undefined),
  );
  expect([code, message]).toEqual(['SERVICE_UNREACHABLE', expect.stringContaining('by which proxy')]);
});

test('so has a connection that does not come about', async () => {
  const socket = new Socket();
  const late = (): Error => new PosternError('SERVICE_UNREACHABLE');
  const connecting = established(socket, 'connect', SHORT_MS, new AbortController().signal, late);
  await expect(connecting).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' });
  expect(socket.destroyed).toBe(true);
});

test('so has the answer of a proxy, by CONNECT and by SOCKS', async () => {
  const { port } = await startSilence();
  for (const scheme of ['http', 'socks5'] as const) {
    const routes = fixedRoutes({ scheme, hostname: '127.0.0.1', port, credentials: null });
    const { code, message } = await dial('ws://127.0.0.1:1/', { proxyMs: SHORT_MS }, routes);
    expect([code, message]).toEqual(['PROXY_UNREACHABLE', expect.stringContaining('did not answer within')]);
  }
});

test('so has the TLS handshake', async () => {
  const { host } = await startSilence();
  const { code, message } = await dial(`wss://${host}/`, { tlsMs: SHORT_MS });
  expect([code, message]).toEqual(['SERVICE_UNREACHABLE', expect.stringContaining('TLS handshake')]);
});

test('so has the upgrade', async () => {
  const { host } = await startSilence();
  const { code, message } = await dial(`ws://${host}/`, { upgradeMs: SHORT_MS });
  expect([code, message]).toEqual(['SERVICE_UNREACHABLE', expect.stringContaining('the upgrade')]);
});

test('so has the handshake of the tunnel, at either end', async () => {
  const rogue = await startRogueService(() => undefined);
  stack.push(() => rogue.close());
  const { code, message } = await dial(rogue.tunnelUrl, { helloMs: SHORT_MS });
  expect([code, message]).toEqual(['TUNNEL_TIMEOUT', expect.stringContaining('the handshake')]);

  const harness = await startRelayHarness('http://127.0.0.1:9', { times: { helloDeadlineMs: SHORT_MS } });
  stack.push(() => harness.close());
  const silent = { identity: await harness.enrol('silent'), accept: () => handlerWith({}), isSilent: true };
  const { dismissed } = await startBareConnector(silent);
  expect(await dismissed).toEqual({ code: 'TUNNEL_TIMEOUT', message: 'No HELLO came in time.' });
});
