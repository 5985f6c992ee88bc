import type { AllowRule } from '../../src-shared/connector/allow-list.ts';
import type { CapturedBodies, CaptureOrder } from '../../src-shared/connector/body-capture.ts';
import type {
  ConnectorProblem,
  EngineApplication,
  EngineHealth,
  EngineState,
  TunnelState,
} from '../../src-shared/connector/engine-state.ts';
import { DEFAULT_MUX_LIMITS } from '../../src-shared/mux/mux-limits.ts';
import type { ConnectorConfiguration } from '../../src-shared/publishing/connector-configuration.ts';
import { MAX_NAMED_REJECTIONS } from '../../src-shared/wire/configuration-change.ts';
import { BodyCapture } from './capture/body-capture.ts';
import { findApplicationBar, findApplicationProblem } from './application-problem.ts';
import { BackendDialer } from './backend-dialer.ts';
import { DEFAULT_BACKEND_POOL_LIMITS } from './backend-pools.ts';
import type { ConnectorIdentity } from './connector-identity.ts';
import { type ConnectorEngineOptions, DEFAULT_DRAIN_MS } from './engine-options.ts';
import type { EngineLog, EngineRuntime } from './engine-runtime.ts';
import { Forwarder } from './forwarder.ts';
import { HeldConfiguration } from './held-configuration.ts';
import { IdentityKeeper } from './identity-keeper.ts';
import { BackendGuard } from './policy/backend-guard.ts';
import { directRoutes, type FindRoutes } from './proxy/proxy-route.ts';
import { DEFAULT_RECONNECTION_POLICY } from './reconnection.ts';
import { DEFAULT_DIAL_DEADLINES } from './service-socket.ts';
import {
  DEFAULT_TRAFFIC_RECORDER_LIMITS,
  type HeadsListener,
  type TrafficListener,
  TrafficRecorder,
} from './traffic-recorder.ts';
import { TunnelSupervisor } from './tunnel-supervisor.ts';

/** The surroundings of an engine. */
export interface ConnectorEngineContext {
  readonly runtime: EngineRuntime;
  readonly log: EngineLog;
  /** By which ways out of this network the service is reached, and backends where `isProxyForBackends` says so; directly where absent. */
  readonly findRoutes?: FindRoutes | undefined;
  /** Takes note of requests; one of its own where absent. */
  readonly recorder?: TrafficRecorder | undefined;
  /** Keeps who the connector is once its certificate was renewed; where absent, it is not. */
  readonly saveIdentity?: ((identity: ConnectorIdentity) => Promise<void>) | undefined;
}

/**
 * The connector: keeps its tunnels to the service up and forwards what comes through them to the backends. Knows
 * neither Electron nor a terminal; the desktop app and the headless command are its hosts.
 */
export class ConnectorEngine {
  readonly #keeper: IdentityKeeper;
  readonly #log: EngineLog;
  readonly #now: () => number;
  readonly #recorder: TrafficRecorder;
  readonly #forwarder: Forwarder;
  readonly #supervisor: TunnelSupervisor;
  readonly #stateListeners = new Set<(state: EngineState) => void>();
  readonly #guard: BackendGuard;
  readonly #held: HeldConfiguration;
  #configuration: ConnectorConfiguration | null = null;
  #applications: readonly EngineApplication[] = [];
  #isStarted = false;
  #isPublishing = false;
  #published: { readonly applications: readonly EngineApplication[]; readonly rest: string } | null = null;

  constructor(options: ConnectorEngineOptions, context: ConnectorEngineContext) {
    const { runtime, log, findRoutes = directRoutes } = context;
    this.#log = log;
    this.#now = () => runtime.now();
    this.#recorder = context.recorder ?? new TrafficRecorder(DEFAULT_TRAFFIC_RECORDER_LIMITS, runtime);
    const http1Client = options.backendHttp1Client ?? DEFAULT_BACKEND_POOL_LIMITS.http1Client;
    const guard = new BackendGuard(options.allowList ?? [], () => runtime.now(), runtime.findAddresses);
    this.#guard = guard;
    this.#held = new HeldConfiguration(findApplicationProblem, (application) => findApplicationBar(application, guard));
    const poolLimits = { ...DEFAULT_BACKEND_POOL_LIMITS, http1Client };
    const { extraCertificates } = options;
    const proxies =
      options.isProxyForBackends === true
        ? { findRoutes, extraCertificates, findAddresses: runtime.findAddresses }
        : null;
    const dialer = new BackendDialer(guard, proxies);
    this.#forwarder = new Forwarder(this.#recorder, poolLimits, dialer, () => this.#supervisor.onStreamFinished());
    this.#keeper = new IdentityKeeper({
      identity: options.identity,
      save: context.saveIdentity,
      runtime,
      log,
      onRenewed: () => this.#publishSoon(),
    });
    this.#supervisor = new TunnelSupervisor({
      ...options,
      keeper: this.#keeper,
      findRoutes,
      deadlines: DEFAULT_DIAL_DEADLINES,
      policy: DEFAULT_RECONNECTION_POLICY,
      limits: DEFAULT_MUX_LIMITS,
      drainMs: DEFAULT_DRAIN_MS,
      runtime,
      log,
      onStream: (stream, block, onCanary) => this.#forwarder.open(stream, block, onCanary),
      onRelease: (connectionId) => this.#forwarder.release(connectionId),
      held: this.#held,
      onConfiguration: () => this.#configure(),
      onChange: () => this.#publishSoon(),
    });
  }

  /** Dials the tunnels. Harmless when they are up. */
  start(): void {
    this.#isStarted = true;
    this.#supervisor.start();
    this.#publishSoon();
  }

  /** Takes nothing new, lets running requests finish for at most `drainMs`, then ends everything. */
  async stop({ drainMs = DEFAULT_DRAIN_MS }: { readonly drainMs?: number } = {}): Promise<void> {
    this.#keeper.stop();
    await this.#supervisor.stop(drainMs);
    await this.#forwarder.close();
    this.#isStarted = false;
    this.#recorder.flush();
    this.#publish();
  }

  /** Skips the waiting time of every tunnel that waits, and asks again where the service had refused. */
  retryNow(): void {
    this.#supervisor.retryNow();
  }

  /** Puts another allow-list in force (B70): what runs and is not in it ends at once. */
  setAllowList(rules: readonly AllowRule[]): void {
    this.#guard.replace(rules);
    if (this.#held.reconsiderBars()) this.#supervisor.reportConfiguration();
    this.#log.info({ rules: rules.length }, 'connector.allowListChanged');
    this.#publishSoon();
  }

  get state(): EngineState {
    const { identity } = this.#keeper;
    const tunnels = this.#supervisor.states;
    return {
      health: this.#isStarted ? healthOf(tunnels) : 'stopped',
      serviceUrl: identity.serviceUrl,
      connectorId: identity.connectorId,
      connectorName: this.#configuration?.connectorName ?? identity.displayName,
      connectorGroupName: this.#configuration?.connectorGroupName ?? identity.connectorGroupName,
      certificateExpiryMs: identity.certificateExpiryMs,
      tunnels,
      configurationVersion: this.#configuration?.version ?? null,
      isDraining: this.#held.isDraining,
      applications: this.#applications,
      rejectedApplications: this.#held.rejected.slice(0, MAX_NAMED_REJECTIONS),
      problem: this.#isStarted ? worstProblem(tunnels) : null,
    };
  }

  /** Calls `listener` after each change of the state, at most once a tick. @returns what ends that. */
  onState(listener: (state: EngineState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => {
      this.#stateListeners.delete(listener);
    };
  }

  /** Calls `listener` with batches of records, new and changed. @returns what ends that. */
  onTraffic(listener: TrafficListener): () => void {
    return this.#recorder.onTraffic(listener);
  }

  /** Calls `listener` with the headers of requests, cleared of secrets. Without one none are kept. */
  onHeads(listener: HeadsListener): void {
    this.#recorder.onHeads(listener);
  }

  /** Captures bodies of one application for a while, in place of any other; null ends that. Off at the start. */
  capture(order: CaptureOrder | null, onCaptured: (bodies: CapturedBodies) => void): void {
    this.#forwarder.useCapture(order === null ? null : new BodyCapture(order, () => this.#now(), onCaptured));
  }

  #configure(): void {
    const configuration = this.#held.current;
    const before = this.#configuration;
    if (configuration === null || configuration === before) return;
    this.#configuration = configuration;
    // Another tunnel brought the same, but for names perhaps.
    if (configuration.applications === before?.applications) {
      this.#publishSoon();
      return;
    }
    this.#forwarder.configure(configuration.applications, configuration.otherUrls);
    this.#applications = engineApplications(configuration);
    const { version, applications } = configuration;
    const rejected = this.#held.rejected.length;
    this.#log.info({ version, applications: applications.length, rejected }, 'connector.configured');
    this.#publishSoon();
  }

  #publishSoon(): void {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    setImmediate(() => {
      this.#isPublishing = false;
      this.#publish();
    });
  }

  #publish(): void {
    if (this.#stateListeners.size === 0) return;
    const state = this.state;
    // Applications that are others are another list: of ten thousand none is looked at for that.
    const { applications, ...others } = state;
    const rest = JSON.stringify(others);
    if (applications === this.#published?.applications && rest === this.#published.rest) return;
    this.#published = { applications, rest };
    for (const listener of this.#stateListeners) listener(state);
  }
}

/** Each application once, at the first of its addresses. */
function engineApplications({ applications }: ConnectorConfiguration): EngineApplication[] {
  const byId = new Map<string, EngineApplication>();
  for (const { id: routeId, applicationId, displayName, externalUrl, internalUrl } of applications) {
    const id = applicationId ?? routeId;
    if (!byId.has(id)) byId.set(id, { id, displayName, externalUrl, internalUrl });
  }
  return [...byId.values()];
}

function healthOf(tunnels: readonly TunnelState[]): EngineHealth {
  const connected = tunnels.filter((tunnel) => tunnel.phase === 'connected').length;
  if (connected === tunnels.length) return 'ok';
  return connected > 0 ? 'degraded' : 'offline';
}

/** A refusal is worse than a failure that may pass; of equals the latest. */
function worstProblem(tunnels: readonly TunnelState[]): ConnectorProblem | null {
  const rank = (tunnel: TunnelState): number => (tunnel.phase === 'refused' ? 1 : 0);
  const troubled = tunnels.filter((tunnel) => tunnel.problem !== null);
  troubled.sort((left, right) => rank(right) - rank(left) || right.sinceMs - left.sinceMs);
  return troubled[0]?.problem ?? null;
}
