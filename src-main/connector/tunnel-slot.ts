import type { TunnelState } from '../../src-shared/connector/engine-state.ts';
import type { PosternError } from '../../src-shared/errors/postern-error.ts';
import {
  makeReconnectionState,
  type ReconnectionInput,
  type ReconnectionPolicy,
  type ReconnectionState,
  stepReconnection,
} from './reconnection.ts';
import type { EngineLog, EngineRuntime } from './engine-runtime.ts';
import { describeProblem } from './remedies.ts';
import type { Tunnel, TunnelEvents } from './tunnel.ts';

/** Reasons after which dialling again would not help. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'TUNNEL_REVOKED',
  'TUNNEL_EXPIRED',
  'TUNNEL_SUPERSEDED',
  'TUNNEL_VERSION',
]);

export interface TunnelSlotOptions {
  readonly index: number;
  readonly policy: ReconnectionPolicy;
  readonly runtime: EngineRuntime;
  readonly log: EngineLog;
  /** How long a tunnel that the service drains may go on beside its successor, ms. */
  readonly drainMs: number;
  readonly dial: (index: number, events: TunnelEvents) => Tunnel;
  readonly onConfiguration: TunnelEvents['onConfiguration'];
  readonly onChange: () => void;
}

/**
 * Keeps one of the connector's tunnels up: the driver of `stepReconnection`, with its timer and its sockets. A tunnel that the
 * service drains serves what it is still given until its successor stands, and finishes in the background beside that.
 */
export class TunnelSlot {
  readonly #options: TunnelSlotOptions;
  readonly #retired = new Set<Tunnel>();
  #state: ReconnectionState;
  #tunnel: Tunnel | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Of those who wait for the last request, or for the shortest of their times to be over. */
  #idle: PromiseWithResolvers<void> | null = null;

  constructor(options: TunnelSlotOptions) {
    this.#options = options;
    this.#state = makeReconnectionState(options.runtime.now());
  }

  get state(): TunnelState {
    const { phase, sinceMs, nextAttemptAtMs, failures, problem } = this.#state;
    return {
      index: this.#options.index,
      phase,
      sinceMs,
      nextAttemptAtMs,
      failures,
      roundTripMs: this.#tunnel?.roundTripMs ?? null,
      canaryAtMs: this.#tunnel?.canaryAtMs ?? null,
      openStreams: this.#openStreams,
      problem,
    };
  }

  get isConnected(): boolean {
    return this.#state.phase === 'connected';
  }

  /** Whether it waits for its next attempt. */
  get isWaiting(): boolean {
    return this.#state.phase === 'waiting';
  }

  get #openStreams(): number {
    let count = this.#tunnel?.openStreams ?? 0;
    for (const tunnel of this.#retired) count += tunnel.openStreams;
    return count;
  }

  start(): void {
    this.#step({ kind: 'start' });
  }

  /** The addresses of this machine changed. */
  onNetworkChanged(): void {
    this.#step({ kind: 'networkChanged' });
  }

  /** What can't be served of the configuration has changed by itself. */
  reportConfiguration(): void {
    this.#tunnel?.reportConfiguration();
  }

  retryNow(): void {
    this.#step({ kind: 'retryNow' });
  }

  /** Lets running requests finish, at most `drainMs`, then ends the tunnel. */
  async stop(drainMs: number): Promise<void> {
    this.#step({ kind: 'drain' });
    for (const tunnel of this.#retired) tunnel.drain();
    this.#tunnel?.drain();
    if (drainMs > 0 && this.#openStreams > 0) await this.#untilIdle(drainMs);
    for (const tunnel of this.#retired) tunnel.close('TUNNEL_DRAINING', 'The connector stopped.');
    this.#tunnel?.close('TUNNEL_DRAINING', 'The connector stopped.');
    this.#step({ kind: 'stopped' });
  }

  /** A stream began or ended. */
  onStreamsChanged(): void {
    if (this.#openStreams === 0) this.#idle?.resolve();
    if (!this.isConnected) return;
    for (const tunnel of this.#retired) {
      if (tunnel.openStreams === 0) tunnel.close('TUNNEL_DRAINING', 'Its last request is done.');
    }
  }

  async #untilIdle(drainMs: number): Promise<void> {
    this.#idle ??= Promise.withResolvers<void>();
    const { promise, resolve } = this.#idle;
    const timer = setTimeout(resolve, drainMs);
    await promise;
    clearTimeout(timer);
    this.#idle = null;
  }

  #step(input: ReconnectionInput): void {
    const { runtime, policy, log, index, onChange } = this.#options;
    const before = this.#state;
    const moment = { nowMs: runtime.now(), random: runtime.random() };
    this.#state = stepReconnection(before, input, moment, policy);
    if (this.#state === before) return;
    const { phase, attempt, failures, problem } = this.#state;
    const level = input.kind === 'failed' || input.kind === 'refused' ? 'warn' : 'info';
    log[level]({ index, phase, failures, code: problem?.code, message: problem?.message }, `tunnel.${phase}`);
    this.#setTimer();
    if (attempt !== before.attempt) this.#dial(attempt);
    onChange();
  }

  #setTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const dueMs = this.#state.nextAttemptAtMs;
    if (dueMs === null) return;
    const delayMs = Math.max(0, Math.ceil(dueMs - this.#options.runtime.now()));
    this.#timer = setTimeout(() => this.#step({ kind: 'due' }), delayMs);
  }

  #dial(attempt: number): void {
    const isCurrent = (): boolean => this.#state.attempt === attempt;
    const tunnel = this.#options.dial(this.#options.index, {
      onOpened: () => {
        if (isCurrent()) this.#step({ kind: 'opened' });
      },
      onConnected: () => {
        if (isCurrent()) this.#onConnected();
      },
      onConfiguration: () => this.#options.onConfiguration(),
      onDraining: () => {
        if (isCurrent()) this.#retire(tunnel);
      },
      onClosed: (error, retryAfterMs) => this.#onClosed(tunnel, isCurrent(), error, retryAfterMs),
      onStreamEnd: () => {
        if (this.#idle !== null || this.#retired.size > 0) setImmediate(() => this.onStreamsChanged());
      },
      onProgress: () => this.#options.onChange(),
    });
    this.#tunnel = tunnel;
  }

  #retire(tunnel: Tunnel): void {
    this.#retired.add(tunnel);
    this.#tunnel = null;
    this.#step({ kind: 'replaced' });
  }

  #onConnected(): void {
    this.#step({ kind: 'connected' });
    for (const tunnel of this.#retired) {
      setTimeout(() => tunnel.close('TUNNEL_DRAINING', 'The time to finish is over.'), this.#options.drainMs).unref();
    }
    this.onStreamsChanged();
  }

  #onClosed(tunnel: Tunnel, isCurrent: boolean, error: PosternError, retryAfterMs: number | null): void {
    this.#retired.delete(tunnel);
    if (this.#tunnel === tunnel) this.#tunnel = null;
    if (this.#openStreams === 0) this.#idle?.resolve();
    if (!isCurrent) return;
    const problem = describeProblem(error, this.#options.runtime.now());
    if (FINAL_CODES.has(error.code)) this.#step({ kind: 'refused', problem });
    else this.#step({ kind: 'failed', problem, retryAfterMs });
  }
}
