import { Worker } from 'node:worker_threads';
import type { AllowRule } from '../../src-shared/connector/allow-list.ts';
import type { CapturedBodies, CaptureOrder } from '../../src-shared/connector/body-capture.ts';
import type { EngineState } from '../../src-shared/connector/engine-state.ts';
import type { TrafficHeads } from '../../src-shared/connector/traffic-heads.ts';
import type { PackedTraffic } from '../../src-shared/connector/packed-traffic.ts';
import type { ConnectorIdentity } from './connector-identity.ts';
import { type ConnectorEngineOptions, DEFAULT_DRAIN_MS } from './engine-options.ts';
import type { EngineCommand, EngineEvent, EngineWorkerData } from './engine-messages.ts';
import type { EngineLog } from './engine-runtime.ts';
import { directRoutes, type FindRoutes } from './proxy/proxy-route.ts';
import { asPosternError } from '../../src-shared/errors/postern-error.ts';

const FIRST_RESTART_DELAY_MS = 500;
const MAX_RESTART_DELAY_MS = 30_000;
/** A worker that ran this long has its crashes forgotten. */
const HEALTHY_MS = 60_000;
/** What a worker may take beyond its drain before it is ended by force. */
const STOP_GRACE_MS = 2000;

/** Why a worker had to be started again. */
export interface EngineFault {
  readonly message: string;
  /** How often in a row. */
  readonly restarts: number;
  readonly atMs: number;
}

export interface EngineHostOptions {
  /** The worker's script: `engine-worker.ts`, or what it was bundled to. */
  readonly workerUrl: URL;
  readonly engine: ConnectorEngineOptions;
  readonly log: EngineLog;
  /** As in `ConnectorEngineContext`; asked from the worker. */
  readonly findRoutes?: FindRoutes | undefined;
  /** Keeps an identity whose certificate was renewed. */
  readonly saveIdentity: (identity: ConnectorIdentity) => Promise<void>;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
}

/** As Node gives its main thread. With the 96 of a worker in Electron requests under way grow old, and are collected at length. */
const YOUNG_GENERATION_MIB = 192;

/**
 * Runs a `ConnectorEngine` in a worker thread, so that neither a busy engine nor a busy window holds up the other. Has
 * the engine's own face; a worker that crashes is started again after a growing delay, and its reason told.
 */
export class EngineHost {
  readonly #options: EngineHostOptions;
  #engine: ConnectorEngineOptions;
  readonly #stateListeners = new Set<(state: EngineState) => void>();
  readonly #trafficListeners = new Set<(batch: PackedTraffic) => void>();
  readonly #headsListeners = new Set<(batch: readonly TrafficHeads[]) => void>();
  readonly #capturedListeners = new Set<(bodies: CapturedBodies) => void>();
  readonly #faultListeners = new Set<(fault: EngineFault) => void>();
  #worker: Worker | null = null;
  /** Lets its requests finish. */
  #ending: Worker | null = null;
  #state: EngineState | null = null;
  #restarts = 0;
  #startedAtMs = 0;
  #restartTimer: NodeJS.Timeout | null = null;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#engine = options.engine;
  }

  /** The last state that the engine told; null before the first. */
  get state(): EngineState | null {
    return this.#state;
  }

  /** Starts the worker and its engine. Harmless when it runs. */
  start(): void {
    if (this.#worker !== null) return;
    this.#clearRestart();
    this.#startedAtMs = this.#options.now();
    const workerData: EngineWorkerData = { options: this.#engine };
    const worker = new Worker(this.#options.workerUrl, {
      workerData,
      name: 'postern-connector',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
    });
    this.#worker = worker;
    let reason = 'The engine ended without a reason.';
    worker.on('message', (event: EngineEvent) => this.#onEvent(worker, event));
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#onCrash(reason);
      if (this.#ending === worker) this.#ending = null;
    });
    this.#send({ kind: 'start' });
  }

  /** Lets running requests finish for at most `drainMs`, then ends engine and worker. Asked again, the shorter time holds. */
  async stop({ drainMs = DEFAULT_DRAIN_MS }: { readonly drainMs?: number } = {}): Promise<void> {
    this.#clearRestart();
    const worker = this.#worker ?? this.#ending;
    if (worker === null) return;
    const { promise: exited, resolve } = Promise.withResolvers<void>();
    worker.once('exit', () => resolve());
    worker.postMessage({ kind: 'stop', drainMs } satisfies EngineCommand);
    // From here on its end is no crash.
    this.#worker = null;
    this.#ending = worker;
    const timer = setTimeout(() => void worker.terminate(), drainMs + STOP_GRACE_MS);
    await exited;
    clearTimeout(timer);
  }

  /** Ends the worker as a fault of it would: at once, with what runs in it. It is started again. */
  killWorker(): void {
    void this.#worker?.terminate();
  }

  /** Skips the waiting time of every tunnel that waits. */
  retryNow(): void {
    if (this.#worker !== null) this.#send({ kind: 'retryNow' });
    else if (this.#restartTimer !== null) this.start();
  }

  /** Puts another allow-list in force, here and after each restart of the worker. */
  setAllowList(rules: readonly AllowRule[]): void {
    this.#engine = { ...this.#engine, allowList: rules };
    this.#send({ kind: 'allowList', rules });
  }

  /** Calls `listener` after each change of the state. @returns what ends that. */
  onState(listener: (state: EngineState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Calls `listener` with batches of records, packed as they came. @returns what ends that. */
  onTraffic(listener: (batch: PackedTraffic) => void): () => void {
    this.#trafficListeners.add(listener);
    return () => this.#trafficListeners.delete(listener);
  }

  /** Calls `listener` with headers of requests. @returns what ends that. */
  onHeads(listener: (batch: readonly TrafficHeads[]) => void): () => void {
    this.#headsListeners.add(listener);
    return () => this.#headsListeners.delete(listener);
  }

  /** Captures bodies of an application; null ends that, and so does the end of the worker. */
  capture(order: CaptureOrder | null): void {
    this.#send({ kind: 'capture', order });
  }

  /** Calls `listener` with bodies that were captured. @returns what ends that. */
  onCaptured(listener: (bodies: CapturedBodies) => void): () => void {
    this.#capturedListeners.add(listener);
    return () => this.#capturedListeners.delete(listener);
  }

  /** Calls `listener` when the worker crashed and will be started again. @returns what ends that. */
  onFault(listener: (fault: EngineFault) => void): () => void {
    this.#faultListeners.add(listener);
    return () => this.#faultListeners.delete(listener);
  }

  #send(command: EngineCommand): void {
    this.#worker?.postMessage(command);
  }

  #onEvent(worker: Worker, event: EngineEvent): void {
    switch (event.kind) {
      case 'state':
        this.#state = event.state;
        for (const listener of this.#stateListeners) listener(event.state);
        break;
      case 'traffic':
        for (const listener of this.#trafficListeners) listener(event.batch);
        break;
      case 'captured':
        for (const listener of this.#capturedListeners) listener(event.bodies);
        break;
      case 'heads':
        for (const listener of this.#headsListeners) listener(event.batch);
        break;
      case 'log':
        this.#options.log[event.level](event.fields, event.event);
        break;
      case 'routesWanted':
        void this.#answerRoutes(worker, event.id, event.url);
        break;
      case 'renewed':
        void this.#keep(worker, event.identity);
        break;
      case 'stopped':
        worker.unref();
        break;
    }
  }

  async #answerRoutes(worker: Worker, id: number, url: string): Promise<void> {
    const answer = await (this.#options.findRoutes ?? directRoutes)(new URL(url)).then(
      (routes): EngineCommand => ({ kind: 'routes', id, routes }),
      (error: unknown): EngineCommand => {
        const { code, message, reason } = asPosternError(error, 'PROXY_UNREACHABLE');
        return { kind: 'noRoutes', id, code, message, reason };
      },
    );
    worker.postMessage(answer);
  }

  /** A worker that is started again is started with it. */
  async #keep(worker: Worker, identity: ConnectorIdentity): Promise<void> {
    const problem = await this.#options.saveIdentity(identity).then(
      () => null,
      (error: unknown) => asPosternError(error, 'STREAM_INTERNAL').message,
    );
    if (problem === null) this.#engine = { ...this.#engine, identity };
    worker.postMessage({ kind: 'identityKept', problem } satisfies EngineCommand);
  }

  #onCrash(message: string): void {
    this.#worker = null;
    const nowMs = this.#options.now();
    this.#restarts = nowMs - this.#startedAtMs >= HEALTHY_MS ? 1 : this.#restarts + 1;
    const delayMs = Math.min(MAX_RESTART_DELAY_MS, FIRST_RESTART_DELAY_MS * 2 ** Math.min(this.#restarts - 1, 10));
    this.#options.log.error({ message, restarts: this.#restarts, delayMs }, 'engine.crashed');
    this.#restartTimer = setTimeout(() => this.start(), delayMs);
    const fault: EngineFault = { message, restarts: this.#restarts, atMs: nowMs };
    for (const listener of this.#faultListeners) listener(fault);
  }

  #clearRestart(): void {
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer);
    this.#restartTimer = null;
  }
}
