import type { TunnelState } from '../../src-shared/connector/engine-state.ts';
import type { MuxLimits } from '../../src-shared/mux/mux-limits.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import type { EngineLog, EngineRuntime } from './engine-runtime.ts';
import type { HeldConfiguration } from './held-configuration.ts';
import type { IdentityKeeper } from './identity-keeper.ts';
import { NetworkWatch } from './network-watch.ts';
import type { FindRoutes } from './proxy/proxy-route.ts';
import type { ReconnectionPolicy } from './reconnection.ts';
import type { DialDeadlines } from './service-socket.ts';
import { TunnelSlot } from './tunnel-slot.ts';
import { Tunnel, type TunnelEvents } from './tunnel.ts';

export interface TunnelSupervisorOptions {
  readonly keeper: IdentityKeeper;
  /** How many tunnels to keep, 1 to 8. */
  readonly tunnels: number;
  readonly version: string;
  readonly machineName: string;
  readonly operatingSystem?: string;
  readonly extraCertificates: readonly string[];
  readonly findRoutes: FindRoutes;
  readonly deadlines: DialDeadlines;
  readonly policy: ReconnectionPolicy;
  readonly limits: MuxLimits;
  readonly drainMs: number;
  readonly runtime: EngineRuntime;
  readonly log: EngineLog;
  readonly onStream: (stream: MuxStream, block: Uint8Array, onCanary: () => void) => StreamHandler;
  readonly onRelease: (connectionId: string) => void;
  /** Where every tunnel brings the configuration that it is sent. */
  readonly held: HeldConfiguration;
  /** What is held may have changed. */
  readonly onConfiguration: () => void;
  readonly onChange: () => void;
}

/** Keeps the connector's tunnels up. */
export class TunnelSupervisor {
  readonly #options: TunnelSupervisorOptions;
  readonly #slots: readonly TunnelSlot[];
  readonly #network: NetworkWatch;
  #epoch = 0;

  constructor(options: TunnelSupervisorOptions) {
    this.#options = options;
    this.#slots = Array.from(
      { length: options.tunnels },
      (_, index) =>
        new TunnelSlot({
          index,
          policy: options.policy,
          runtime: options.runtime,
          log: options.log,
          drainMs: options.drainMs,
          dial: (tunnelIndex, events) => this.#dial(tunnelIndex, events),
          onConfiguration: options.onConfiguration,
          onChange: () => this.#onChange(),
        }),
    );
    this.#network = new NetworkWatch(options.runtime, () => {
      for (const slot of this.#slots) slot.onNetworkChanged();
    });
  }

  get states(): readonly TunnelState[] {
    return this.#slots.map((slot) => slot.state);
  }

  start(): void {
    for (const slot of this.#slots) slot.start();
  }

  /** Dials every tunnel that waits or was refused, now. */
  retryNow(): void {
    for (const slot of this.#slots) slot.retryNow();
  }

  /** Lets running requests finish, at most `drainMs`, then ends all tunnels. */
  async stop(drainMs: number): Promise<void> {
    await Promise.all(this.#slots.map(async (slot) => slot.stop(drainMs)));
  }

  /** What can't be served has changed by itself. */
  reportConfiguration(): void {
    for (const slot of this.#slots) slot.reportConfiguration();
  }

  /** A request is done: a tunnel that only waited for it may end. */
  onStreamFinished(): void {
    for (const slot of this.#slots) slot.onStreamsChanged();
  }

  #onChange(): void {
    this.#network.isOn = this.#slots.some((slot) => slot.isWaiting);
    this.#options.onChange();
  }

  #dial(index: number, events: TunnelEvents): Tunnel {
    const { keeper, version, machineName, extraCertificates, deadlines, limits, runtime, log, held } = this.#options;
    const { onStream, onRelease, findRoutes, operatingSystem } = this.#options;
    // The wall clock makes it grow over restarts, the count within one millisecond.
    this.#epoch = Math.max(this.#epoch + 1, runtime.now());
    return new Tunnel({
      keeper,
      index,
      epoch: this.#epoch,
      version,
      machineName,
      ...(operatingSystem !== undefined && { operatingSystem }),
      extraCertificates,
      findRoutes,
      deadlines,
      limits,
      runtime,
      log,
      events,
      held,
      isAlone: () => this.#slots.filter((slot) => slot.isConnected).length <= 1,
      onStream,
      onRelease,
    });
  }
}
