import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { AppStateStore } from '../../src-main/app/app-state-store.ts';
import { ConnectorController } from '../../src-main/app/connector-controller.ts';
import { SettingsStore } from '../../src-main/app/settings-store.ts';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { directRoutes } from '../../src-main/connector/proxy/proxy-route.ts';
import type { IdentityVault } from '../../src-main/vault/identity-vault.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import { enrolConnector, silentLog } from './start-connector.ts';
import { findAddresses } from './this-machine.ts';

/** Where a test's connector keeps its identity, with what goes wrong there. */
class TestStorage implements IdentityVault {
  kept: ConnectorIdentity | null;
  /** What the next `save` or `remove` fails with. */
  failure: Error | null = null;
  /** Waited for before `save` is done. */
  onSave: () => Promise<void> | void = () => undefined;

  constructor(kept: ConnectorIdentity | null) {
    this.kept = kept;
  }

  async load(): Promise<ConnectorIdentity | null> {
    return this.kept;
  }

  async save(identity: ConnectorIdentity): Promise<void> {
    this.#failOnce();
    await this.onSave();
    this.kept = identity;
  }

  async remove(): Promise<void> {
    this.#failOnce();
    this.kept = null;
  }

  async snapshot(): Promise<() => Promise<void>> {
    const { kept } = this;
    return async () => void (this.kept = kept);
  }

  #failOnce(): void {
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure;
  }
}

/** The desktop app's connector with its worker thread, for the time of the test: enrolled here, enrolled already, or not at all. */
export async function startDesktopConnector(at: string | ConnectorIdentity | null) {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-desktop-connector-'));
  const storage = new TestStorage(
    typeof at === 'string'
      ? await enrolConnector({ serviceUrl: at, authorization: { kind: 'enrolmentToken', token: 'one-time' } })
      : at,
  );
  const state = new AppStateStore({
    language: 'en',
    connector: null,
    engine: null,
    account: null,
  } as unknown as AppState);
  const removed: string[] = [];
  const connector = new ConnectorController({
    state,
    settings: new SettingsStore(folder),
    storage,
    workerUrl: new URL('../../src-main/connector/engine-worker.ts', import.meta.url),
    version: '0.0.0',
    machineName: 'test-machine',
    operatingSystem: 'Test OS 1, x64',
    extraCertificates: () => [],
    findRoutes: directRoutes,
    findAddresses,
    log: silentLog,
    onTraffic: () => undefined,
    onCaptured: () => undefined,
    onHeads: () => undefined,
    accessToken: async () => '',
    removeConnector: async (connectorId) => void removed.push(connectorId),
    onTakenBack: () => undefined,
  });
  const runs = (): boolean =>
    state.current.engine?.health === 'ok' && state.current.engine.configurationVersion !== null;
  onTestFinished(async () => {
    await connector.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await connector.restore();
  if (at !== null) await expect.poll(runs).toBe(true);
  return { connector, state, storage, runs, folder, removed };
}
