import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { AppStateStore } from '../../src-main/app/app-state-store.ts';
import { ConnectorController } from '../../src-main/app/connector-controller.ts';
import { SettingsStore } from '../../src-main/app/settings-store.ts';
import { directRoutes } from '../../src-main/connector/proxy/proxy-route.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { type ConnectorSide, startConnectorSide } from '../helpers/start-connector-side.ts';
import { enrolConnector, silentLog } from '../helpers/start-connector.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';

/** The desktop app's connector, in its worker thread. */

let origin: Origin;
let side: ConnectorSide;
let folder: string;

beforeEach(async () => {
  origin = await startOrigin();
  side = await startConnectorSide();
  side.publish([makeApplication({ internalUrl: `${origin.url}/` })]);
  folder = mkdtempSync(path.join(tmpdir(), 'postern-pause-'));
});

afterEach(async () => {
  await side.stop();
  await origin.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startDesktopConnector() {
  const identity = await enrolConnector({
    serviceUrl: side.url,
    authorization: { kind: 'enrolmentToken', token: 'one-time' },
  });
  const state = new AppStateStore({ connector: null, engine: null } as unknown as AppState);
  const connector = new ConnectorController({
    state,
    settings: new SettingsStore(folder),
    storage: { load: async () => identity, save: async () => undefined, remove: async () => undefined },
    workerUrl: new URL('../../src-main/connector/engine-worker.ts', import.meta.url),
    version: '0.0.0',
    machineName: 'test-machine',
    operatingSystem: 'Test OS 1, x64',
    extraCertificates: () => [],
    findRoutes: directRoutes,
    log: silentLog,
    onTraffic: () => undefined,
    onCaptured: () => undefined,
    onHeads: () => undefined,
    accessToken: async () => '',
    removeConnector: async () => undefined,
    onTakenBack: () => undefined,
  });
  const runs = (): boolean =>
    state.current.engine?.health === 'ok' && state.current.engine.configurationVersion !== null;
  onTestFinished(async () => connector.close());
  await connector.restore();
  await expect.poll(runs).toBe(true);
  return { connector, state, runs };
}

test('who resumes while requests still finish sees the connector run, also once they have', async () => {
  const { connector, state, runs } = await startDesktopConnector();
  const open = await fetch(`${side.url}/sse`);
  const before = state.current.engine;
  const pausing = connector.pause();
  connector.resume();
  await expect.poll(() => state.current.engine !== before && runs()).toBe(true);
  await open.body?.cancel();
  await pausing;
  expect(state.current.engine?.health).toBe('ok');
});

test('who pauses while the engine ends to start anew has it stay ended', async () => {
  const { connector, state } = await startDesktopConnector();
  const open = await fetch(`${side.url}/sse`);
  let workers = 0;
  const onWorker = (): void => void (workers += 1);
  process.on('worker', onWorker);
  onTestFinished(() => void process.off('worker', onWorker));
  const restarting = connector.restart();
  await connector.pause();
  await open.body?.cancel();
  await restarting;
  await new Promise(setImmediate);
  expect(workers).toBe(0);
  expect(state.current).toMatchObject({ isPaused: true, engine: null });
});
