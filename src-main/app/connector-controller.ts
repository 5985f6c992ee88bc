import type { CapturedBodies, CaptureOrder } from '../../src-shared/connector/body-capture.ts';
import type { EngineState } from '../../src-shared/connector/engine-state.ts';
import type { TrafficHeads } from '../../src-shared/connector/traffic-heads.ts';
import type { PackedTraffic } from '../../src-shared/connector/packed-traffic.ts';
import type { ConnectorSummary } from '../../src-shared/ipc/window-models.ts';
import { asPosternError } from '../../src-shared/errors/postern-error.ts';
import { reasonOf } from '../../src-shared/errors/reason-of.ts';
import { type CertificateRequest, makeCertificateSigningRequest } from '../connector/certificate-request.ts';
import type { ConnectorIdentity } from '../connector/connector-identity.ts';
import { EngineHost } from '../connector/engine-host.ts';
import { DEFAULT_TUNNELS } from '../connector/engine-options.ts';
import type { EngineLog } from '../connector/engine-runtime.ts';
import { enrol } from '../connector/enrolment.ts';
import type { FindAddresses } from '../connector/loopback-lookup.ts';
import type { FindRoutes } from '../connector/proxy/proxy-route.ts';
import type { AppStateStore } from './app-state-store.ts';
import type { SettingsStore } from './settings-store.ts';
import type { Undoable } from './left-behind.ts';
import { SpokenError, tellError } from './spoken-error.ts';
import { Turns } from './turns.ts';
import { type TakenBack, UndoableCreation } from './undoable-creation.ts';
import type { IdentityVault } from '../vault/identity-vault.ts';

export interface ConnectorControllerOptions {
  readonly state: AppStateStore;
  readonly settings: SettingsStore;
  readonly storage: IdentityVault;
  readonly workerUrl: URL;
  readonly version: string;
  readonly machineName: string;
  readonly operatingSystem: string;
  /** PEM of authorities trusted beside those of this machine. */
  readonly extraCertificates: () => readonly string[];
  readonly findRoutes: FindRoutes;
  readonly findAddresses: FindAddresses;
  readonly log: EngineLog;
  readonly onTraffic: (batch: PackedTraffic) => void;
  readonly onCaptured: (bodies: CapturedBodies) => void;
  readonly onHeads: (heads: readonly TrafficHeads[]) => void;
  /** The administrator's, for enrolling. */
  readonly accessToken: () => Promise<string>;
  /** Removes a connector at the service that was enrolled and is not wanted any more. */
  readonly removeConnector: (connectorId: string) => Promise<void>;
  /** Told which enrolments were taken back and may have left a connector at the service. */
  readonly onTakenBack: (all: readonly TakenBack[]) => void;
}

export interface EnrolRequest {
  readonly serviceUrl: string;
  readonly displayName: string;
  readonly connectorGroupId: string | null;
}

/** Of attempts to enrol whose end may not be known (docs/limits.md). */
const MAX_KEY_PAIRS = 16;
/** What runs when the app quits may finish this long; a person waits for it. */
const QUIT_DRAIN_MS = 3000;
const PAUSE_DRAIN_MS = 10_000;
/** A person waits for the new way. */
const RESTART_DRAIN_MS = 2000;

/** This machine as a connector: its identity, and the engine that runs with it. Keeps the app's state in step. */
export class ConnectorController {
  readonly #options: ConnectorControllerOptions;
  #identity: ConnectorIdentity | null = null;
  #host: EngineHost | null = null;
  /** Those before it, which let their requests finish. */
  readonly #ending = new Set<EngineHost>();
  /** What is done to the kept identity comes one after the other. */
  readonly #storing = new Turns();

  readonly #enrolments: UndoableCreation<EnrolRequest, ConnectorIdentity>;
  /** The key pairs of attempts, by their idempotency keys: asked again, the service signs the same one. */
  readonly #certificateRequests = new Map<string, CertificateRequest>();

  constructor(options: ConnectorControllerOptions) {
    this.#options = options;
    this.#enrolments = new UndoableCreation({
      make: async (request, key) => this.#enrol(request, key),
      // A disk that keeps nothing leaves the connector to be had by the same request.
      finish: async (identity, _request, signal) => this.#keep(identity, signal),
      idOf: ({ connectorId }) => connectorId,
      nameOf: ({ displayName }) => displayName,
      undo: async (connectorId) => options.removeConnector(connectorId),
      owner: () => options.state.current.account?.userName ?? null,
      onTakenBack: options.onTakenBack,
      now: Date.now,
      isOnlyOne: true,
    });
  }

  /** Takes up the identity that an earlier start left, and starts the engine unless it is paused. What is in the way is in the state. */
  async restore(): Promise<void> {
    const { storage, state, log } = this.#options;
    try {
      const identity = await storage.load();
      if (identity !== null) this.#become(identity);
    } catch (error) {
      log.error({ error: String(error) }, 'vault.identity-unreadable');
      const problem = asPosternError(error, 'VAULT_UNREADABLE');
      state.set({ identityProblem: { en: tellError(problem, 'en'), de: tellError(problem, 'de') } });
    }
  }

  /**
   * @throws PosternError as `enrol` of the engine says; `VAULT_UNWRITABLE`; `ACTION_CANCELLED` where
   *   `signal` aborts, and then nothing stays at the service
   */
  async enrol(request: EnrolRequest, signal: AbortSignal): Promise<ConnectorSummary> {
    const identity = await this.#enrolments.run(request, signal);
    await this.#stop(0);
    this.#options.settings.note({ isPaused: false });
    this.#options.state.set({ isPaused: false });
    return this.#become(identity);
  }

  /** What has to do with enrolments that were taken back. */
  get enrolments(): Undoable {
    return this.#enrolments;
  }

  async #enrol(request: EnrolRequest, idempotencyKey: string): Promise<ConnectorIdentity> {
    const { machineName, version, extraCertificates, findRoutes, findAddresses, accessToken } = this.#options;
    const certificateRequest = this.#certificateRequests.get(idempotencyKey) ?? (await makeCertificateSigningRequest());
    this.#certificateRequests.set(idempotencyKey, certificateRequest);
    const [oldest] = this.#certificateRequests.keys();
    if (this.#certificateRequests.size > MAX_KEY_PAIRS && oldest !== undefined)
      this.#certificateRequests.delete(oldest);
    return enrol({
      serviceUrl: request.serviceUrl,
      authorization: { kind: 'administrator', accessToken: await accessToken(), idempotencyKey },
      certificateRequest,
      displayName: request.displayName,
      machineName,
      version,
      ways: { extraCertificates: extraCertificates(), findRoutes, findAddresses },
      ...(request.connectorGroupId === null ? {} : { connectorGroupId: request.connectorGroupId }),
    });
  }

  /** @throws PosternError `SETTINGS_UNWRITABLE` where it is paused, but would not be after a restart */
  async pause(): Promise<void> {
    const problem = this.#setPaused(true);
    await this.#stop(PAUSE_DRAIN_MS);
    if (problem !== null) throw new SpokenError('SETTINGS_UNWRITABLE', (text) => text.settings.pauseNotKept(problem));
  }

  /** @throws PosternError `SETTINGS_UNWRITABLE` where it runs, but would not after a restart */
  async resume(): Promise<void> {
    const problem = this.#setPaused(false);
    this.#start();
    if (problem !== null) throw new SpokenError('SETTINGS_UNWRITABLE', (text) => text.settings.resumeNotKept(problem));
  }

  retryNow(): void {
    this.#host?.retryNow();
  }

  /** Captures bodies of an application; null ends that. It ends with the engine, too. */
  capture(order: CaptureOrder | null): void {
    this.#host?.capture(order);
  }

  /** Starts the engine anew where it runs: what the way to the service hangs on has changed. */
  async restart(): Promise<void> {
    if (this.#host === null) return;
    await this.#stop(RESTART_DRAIN_MS);
    this.#start();
  }

  /** For tests of what follows a fault of the engine. */
  killEngine(): void {
    this.#host?.killWorker();
  }

  /** Puts the allow-list of the settings in force. */
  applyAllowList(): void {
    this.#host?.setAllowList(this.#options.settings.current.allowList);
  }

  /** Forgets who this machine was, and stops the engine. @throws PosternError `VAULT_UNWRITABLE`; all stays as it was then */
  async forget(): Promise<void> {
    try {
      await this.#storing.take(async () => {
        await this.#options.storage.remove();
        this.#identity = null;
      });
    } catch (cause) {
      throw new SpokenError('VAULT_UNWRITABLE', ({ vault }) => vault.notRemoved(reasonOf(cause)), { cause });
    }
    await this.#stop(0);
    this.#options.state.set({ connector: null, engine: null, engineFault: null });
  }

  /** Stops the engine for good, and waits for what is being taken back: the app quits. */
  async close(): Promise<void> {
    await Promise.all([this.#stop(QUIT_DRAIN_MS), this.#enrolments.undone(QUIT_DRAIN_MS)]);
  }

  async #keepRenewed(renewed: ConnectorIdentity): Promise<void> {
    await this.#storing.take(async () => {
      // Whoever is enrolled anew meanwhile stays that one, and who is disconnected stays nobody.
      if (this.#identity?.connectorId !== renewed.connectorId)
        throw new RangeError('This machine is another connector now.');
      await this.#options.storage.save(renewed);
      this.#identity = renewed;
    });
  }

  /** Before anything waits: whatever starts an engine from now on starts it as this one. */
  async #keep(identity: ConnectorIdentity, signal: AbortSignal): Promise<void> {
    const { storage } = this.#options;
    try {
      await this.#storing.take(async () => {
        if (signal.aborted) return;
        const putBack = await storage.snapshot();
        await storage.save(identity);
        // One that can't be opened now may be had at another start.
        if (signal.aborted) await putBack();
        else this.#identity = identity;
      });
    } catch (cause) {
      throw new SpokenError('VAULT_UNWRITABLE', ({ vault }) => vault.notKept(reasonOf(cause)), { cause });
    }
  }

  #become(identity: ConnectorIdentity): ConnectorSummary {
    this.#identity = identity;
    const connector = summarise(identity, this.#options.machineName);
    this.#options.state.set({ connector, identityProblem: null, engine: null, engineFault: null });
    this.#start();
    return connector;
  }

  /** Unless a person has paused it, as they may while an engine before it ends. */
  #start(): void {
    const identity = this.#identity;
    if (identity === null || this.#host !== null || this.#options.settings.current.isPaused) return;
    const { state, workerUrl, version, machineName, operatingSystem, findRoutes, log } = this.#options;
    const { onTraffic, onHeads, onCaptured } = this.#options;
    const { allowList, proxy } = this.#options.settings.current;
    const engine = {
      identity,
      tunnels: DEFAULT_TUNNELS,
      version,
      machineName,
      operatingSystem,
      extraCertificates: this.#options.extraCertificates(),
      allowList,
      isProxyForBackends: proxy.isForBackends,
    };
    const saveIdentity = async (renewed: ConnectorIdentity): Promise<void> => this.#keepRenewed(renewed);
    const host = new EngineHost({ workerUrl, engine, log, findRoutes, saveIdentity, now: Date.now });
    this.#host = host;
    host.onState((engineState) => {
      if (this.#host === host) this.#show(engineState);
    });
    host.onTraffic(onTraffic);
    host.onHeads(onHeads);
    host.onCaptured(onCaptured);
    host.onFault((engineFault) => state.set({ engineFault, engine: null }));
    host.start();
  }

  /** Ends the engine and those that still end, none of which may take longer than this any more. */
  async #stop(drainMs: number): Promise<void> {
    if (this.#host !== null) this.#ending.add(this.#host);
    this.#host = null;
    await Promise.all(
      [...this.#ending].map(async (host) => {
        await host.stop({ drainMs });
        this.#ending.delete(host);
      }),
    );
    // Who resumed meanwhile has another engine, whose state this is by now.
    if (this.#host === null) this.#options.state.set({ engine: null });
  }

  #setPaused(isPaused: boolean): string | null {
    const problem = this.#options.settings.note({ isPaused });
    this.#options.state.set({ isPaused });
    return problem;
  }

  /** The service may have renamed the connector or moved it to another group since it was enrolled. */
  #show(engine: EngineState): void {
    const { state } = this.#options;
    const before = state.current.connector;
    const connector =
      before === null
        ? null
        : {
            ...before,
            displayName: engine.connectorName,
            connectorGroupName: engine.connectorGroupName ?? before.connectorGroupName,
            certificateExpiryMs: engine.certificateExpiryMs,
          };
    state.set({ engine, connector });
  }
}

function summarise(identity: ConnectorIdentity, machineName: string): ConnectorSummary {
  const { connectorId, displayName, connectorGroupName, certificateExpiryMs } = identity;
  return { connectorId, displayName, machineName, connectorGroupName, certificateExpiryMs };
}
