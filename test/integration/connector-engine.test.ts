import { once } from 'node:events';
import { WebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectorEngine } from '../../src-main/connector/connector-engine.ts';
import { PackedRows } from '../../src-shared/connector/packed-rows.ts';
import { EngineHost } from '../../src-main/connector/engine-host.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { type ConnectorSide, startConnectorSide } from '../helpers/start-connector-side.ts';
import {
  type RunningConnector,
  silentLog,
  startConnector,
  startEngine,
  untilState,
} from '../helpers/start-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';

const DAMAGED_CERTIFICATE = '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n';
const AUTHORIZATION = { kind: 'enrolmentToken', token: 'one-time' } as const;

let origin: Origin;
let side: ConnectorSide;
let connector: RunningConnector;
let engine: ConnectorEngine;

beforeEach(async () => {
  origin = await startOrigin();
  side = await startConnectorSide();
  side.publish([makeApplication({ internalUrl: `${origin.url}/` })]);
  connector = await startConnector({ serviceUrl: side.url, authorization: AUTHORIZATION });
  engine = connector.engine;
});

afterEach(async () => {
  await connector.close();
  await side.stop();
  await origin.close();
});

test('B61 an enrolled connector keeps two tunnels and forwards through them', async () => {
  expect(engine.state).toMatchObject({ health: 'ok', connectorName: 'Connector', connectorGroupName: 'Default' });
  expect(engine.state.tunnels.map(({ phase }) => phase)).toEqual(['connected', 'connected']);
  expect(engine.state.applications).toMatchObject([{ id: 'app', displayName: 'Application' }]);
  const response = await fetch(`${side.url}/echo?x=1`, { method: 'POST', body: 'hello' });
  expect(await response.json()).toMatchObject({ method: 'POST', url: '/echo?x=1', body: 'hello' });
});

test('B63 a new configuration is in force at once, and of a bad application the last good one stays', async () => {
  const changed = untilState(engine, (state) => state.applications[0]?.displayName === 'Renamed');
  const good = makeApplication({ internalUrl: `${origin.url}/`, displayName: 'Renamed' });
  side.publish([good]);
  await changed;
  const other = { ...good, id: 'other', externalUrl: 'https://other.example.com/', displayName: 'Other' };
  side.publish([makeApplication({ internalUrl: 'nonsense', displayName: 'Renamed' }), other]);
  await expect.poll(() => side.relay.liveConnectors()[0]?.configurationProblem).toContain('Invalid URL');
  const rejection = { displayName: 'Renamed', reason: 'internalUrl: Invalid URL "nonsense".' };
  expect(side.relay.liveConnectors()[0]?.rejectedApplications).toEqual([{ applicationId: 'app', ...rejection }]);
  expect(engine.state.applications.map(({ displayName }) => displayName)).toEqual(['Renamed', 'Other']);
  expect(engine.state.rejectedApplications).toEqual([{ id: 'app', cause: 'change', ...rejection }]);
  expect((await fetch(`${side.url}/echo`)).status).toBe(200);

  side.publish([good, other]);
  await expect.poll(() => side.relay.liveConnectors()[0]?.configurationProblem).toBeNull();
  expect(engine.state.rejectedApplications).toEqual([]);
});

test.each([
  ['a setting of a newer service', { backendHttpVersion: 'http3' as 'http2' }, 'backendHttpVersion'],
  ['an external URL that is none', { externalUrl: 'nowhere' }, 'externalUrl: Invalid URL'],
  ['a protocol that it does not speak', { internalUrl: 'ftp://files.corp/' }, 'ftp: is no protocol'],
  ['trust that it can not read', { backendTrustedCertificates: DAMAGED_CERTIFICATE }, 'certificate number 1'],
  ['trust with no certificate', { backendTrustedCertificates: 'trust me' }, 'has no certificate'],
])('B63 the connector says why it does not take %s', async (_what, bad, reason) => {
  side.publish([makeApplication({ internalUrl: `${origin.url}/`, ...bad })]);
  await expect.poll(() => engine.state.rejectedApplications[0]?.reason).toContain(reason);
  await expect.poll(() => side.relay.liveConnectors()[0]?.configurationProblem).toContain(reason);
  expect((await fetch(`${side.url}/echo`)).status).toBe(200);
});

test('B65 a service that vanishes and comes back is found again within 5 s', async () => {
  await side.stop();
  const offline = await untilState(engine, (state) => state.health === 'offline' && state.problem !== null);
  expect(offline.problem?.remedy).not.toBe('');
  await side.restart();
  const startedAtMs = performance.now();
  await untilState(engine, (state) => state.health === 'ok');
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
  expect((await fetch(`${side.url}/echo`)).status).toBe(200);
});

test('B62 a revoked connector is refused for good, says why, and asks again only when told', async () => {
  const dials = side.tunnelDials;
  side.relay.disconnect('connector-1', 'TUNNEL_REVOKED');
  const refused = await untilState(engine, (state) => state.tunnels.every(({ phase }) => phase === 'refused'));
  expect(refused.problem).toMatchObject({ code: 'TUNNEL_REVOKED' });
  expect(refused.problem?.remedy).toContain('Enrol this connector again');
  expect(side.tunnelDials).toBe(dials);
  engine.retryNow();
  await untilState(engine, (state) => state.health === 'ok');
});

test('B66 a service that drains lets requests finish while the connector opens elsewhere', async () => {
  const slow = await fetch(`${side.url}/sse`);
  const old = side.replaceRelay();
  const dials = side.tunnelDials;
  const drained = old.drain(3000);
  await expect.poll(() => side.relay.liveConnectors()[0]?.tunnels).toBe(2);
  expect(side.tunnelDials).toBe(dials + 2);
  expect((await fetch(`${side.url}/echo`)).status).toBe(200);
  const reader = slow.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 0\n\n');
  await reader?.cancel();
  await drained;
  old.close();
  expect(engine.state.health).toBe('ok');
});

test('B66 a connector that stops lets its requests finish', async () => {
  const answer = fetch(`${side.url}/bytes/8000000`);
  const response = await answer;
  const stopped = engine.stop({ drainMs: 10_000 });
  expect((await response.arrayBuffer()).byteLength).toBe(8_000_000);
  await stopped;
  expect(engine.state).toMatchObject({ health: 'stopped' });
  expect((await fetch(`${side.url}/echo`)).headers.get('x-code')).toBe('EDGE_NO_CONNECTOR');
});

test('requests and their ends are told in batches', async () => {
  const seen = new Map<number, string>();
  const stop = engine.onTraffic((batch) => {
    for (const { sequence, outcome } of batch) seen.set(sequence, outcome);
  });
  await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${side.url}/echo`)).text()));
  await expect.poll(() => [...seen.values()].filter((outcome) => outcome === 'complete')).toHaveLength(20);
  stop();
});

test('B53 a WebSocket passes, with its close code, and an idle one stays', async () => {
  const webSocket = new WebSocket(`${side.url.replace('http', 'ws')}/ws`);
  await once(webSocket, 'open');
  const echoed = once(webSocket, 'message');
  webSocket.send('x'.repeat(200_000));
  const [data] = (await echoed) as [Buffer];
  expect(data).toHaveLength(200_000);
  const closed = once(webSocket, 'close');
  webSocket.close(4321, 'enough');
  expect((await closed)[0]).toBe(4321);
  await expect.poll(() => origin.openConnections).toBe(0);
});

test('a tunnel over TLS needs a certificate that this machine or caFile trusts', async () => {
  const certificate = await makeCertificate([], ['127.0.0.1']);
  const secure = await startConnectorSide(certificate);
  secure.publish([makeApplication({ internalUrl: `${origin.url}/` })]);
  const options = { serviceUrl: secure.url, authorization: AUTHORIZATION };
  await expect(startConnector(options)).rejects.toMatchObject({ code: 'SERVICE_CERTIFICATE' });
  const trusting = await startConnector({ ...options, extraCertificates: [certificate.cert] });
  const distrusting = startEngine(trusting.identity, { tunnels: 1 });
  const { problem } = await untilState(distrusting, (state) => state.problem !== null);
  expect(problem).toMatchObject({ code: 'SERVICE_CERTIFICATE' });
  await distrusting.stop({ drainMs: 0 });
  await trusting.close();
  await secure.stop();
});

describe('a service that is not what it should be', () => {
  test('one with another name gets no proof', async () => {
    const old = side.replaceRelay('somebody.else');
    const other = startEngine(connector.identity, { tunnels: 1 });
    const state = await untilState(other, ({ problem }) => problem !== null);
    expect(state.problem).toMatchObject({ code: 'TUNNEL_AUTHENTICATION' });
    expect(state.problem?.message).toContain('somebody.else');
    await other.stop({ drainMs: 0 });
    old.close();
  });

  test('Retry-After is honoured', async () => {
    side.tunnelAnswer = 'HTTP/1.1 503 Busy\r\nRetry-After: 30\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
    const other = startEngine(connector.identity, { tunnels: 1 });
    const { tunnels } = await untilState(other, (state) => state.tunnels[0]?.phase === 'waiting');
    expect(tunnels[0]?.problem?.code).toBe('SERVICE_REFUSED');
    expect((tunnels[0]?.nextAttemptAtMs ?? 0) - (tunnels[0]?.sinceMs ?? 0)).toBeGreaterThanOrEqual(30_000);
    side.tunnelAnswer = null;
    other.retryNow();
    await untilState(other, (state) => state.health === 'ok');
    await other.stop({ drainMs: 0 });
  });

  test('a server that knows no tunnels is named as such', async () => {
    side.tunnelAnswer = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
    const other = startEngine(connector.identity, { tunnels: 1 });
    const { problem } = await untilState(other, (state) => state.problem !== null);
    expect(problem?.code).toBe('SERVICE_NOT_POSTERN');
    await other.stop({ drainMs: 0 });
  });
});

describe('B71 in a worker thread', () => {
  function makeHost(workerUrl: URL): EngineHost {
    const identity = { ...connector.identity, connectorId: 'in-a-worker' };
    return new EngineHost({
      workerUrl,
      engine: { identity, tunnels: 1, version: '0.0.0', machineName: 'test-machine', extraCertificates: [] },
      log: silentLog,
      saveIdentity: async () => undefined,
      now: () => Date.now(),
    });
  }

  test('the engine has the same face', async () => {
    const host = makeHost(new URL('../../src-main/connector/engine-worker.ts', import.meta.url));
    host.start();
    const state = await untilState(host, ({ health }) => health === 'ok');
    expect(state.connectorId).toBe('in-a-worker');
    const told = Promise.withResolvers<string>();
    host.onTraffic((batch) => told.resolve(new PackedRows(batch).records()[0]?.url ?? ''));
    await connector.engine.stop({ drainMs: 0 });
    await fetch(`${side.url}/echo`);
    expect(await told.promise).toBe(`${origin.url}/echo`);
    await host.stop({ drainMs: 0 });
    expect(host.state?.health).toBe('stopped');
  });

  test('a worker that crashes is told and started again', async () => {
    const host = makeHost(new URL('data:text/javascript,throw new Error("broken")'));
    const faults: string[] = [];
    const again = Promise.withResolvers<void>();
    host.onFault(({ message, restarts }) => {
      faults.push(`${restarts} ${message}`);
      if (restarts === 2) again.resolve();
    });
    host.start();
    await again.promise;
    await host.stop();
    expect(faults).toEqual(['1 broken', '2 broken']);
  });
});
