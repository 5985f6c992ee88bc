import { errorDefinition, type WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { Hello } from '../../src-shared/wire/control.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import type { Mux } from '../../src-shared/mux/mux.ts';
import { DELTA_FEATURE } from '../../src-shared/wire/configuration-change.ts';
import { ConfigurationSender } from './configuration-sender.ts';
import type { PickableTunnel } from './pick-tunnel.ts';
import type { AdmittedConnector } from './relay-types.ts';
import type { TunnelCanary } from './tunnel-canary.ts';

export interface TunnelSessionOptions {
  readonly mux: Mux;
  readonly connector: AdmittedConnector;
  readonly hello: Hello;
  readonly remoteAddress: string;
  /** Null where the connector knows no canaries. */
  readonly canary: TunnelCanary | null;
}

/** A tunnel whose connector has proven who it is. */
export class TunnelSession implements PickableTunnel {
  readonly mux: Mux;
  readonly connector: AdmittedConnector;
  readonly hello: Hello;
  readonly remoteAddress: string;
  readonly canary: TunnelCanary | null;
  readonly configuration: ConfigurationSender;
  pickedAt = 0;
  #isDraining = false;
  #isLeaving = false;

  constructor(options: TunnelSessionOptions) {
    this.mux = options.mux;
    this.connector = options.connector;
    this.hello = options.hello;
    this.remoteAddress = options.remoteAddress;
    this.canary = options.canary;
    this.configuration = new ConfigurationSender({
      mux: options.mux,
      connectorName: options.connector.displayName,
      isDraining: options.connector.isDraining ?? false,
      knowsChanges: options.hello.features.includes(DELTA_FEATURE),
      heldTag: options.hello.configurationTag ?? null,
    });
  }

  /** Whether new requests may go here. */
  get isUsable(): boolean {
    return !this.#isDraining && this.mux.canOpen;
  }

  /** Whether it is to take no new requests; what runs goes on. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Requests under way. */
  get outstanding(): number {
    return this.mux.openStreams - (this.canary?.isUnderWay === true ? 1 : 0);
  }

  get isGathering(): boolean {
    return this.mux.isGathering;
  }

  /** Moving average of what a canary takes, ms; null before the first answer, and without canaries. */
  get canaryMs(): number | null {
    return this.canary?.averageMs ?? null;
  }

  get delayMs(): number {
    return this.canary?.delayMs ?? this.mux.measuredRoundTripMs ?? 0;
  }

  /** No new requests from now on; what runs may finish. */
  drain(): void {
    this.#isDraining = true;
    this.canary?.stop();
  }

  /**
   * Asks for another tunnel in its place while it still has ids for new streams, and takes requests until that one stands.
   * @returns whether it did now
   */
  replaceIfSpent(): boolean {
    if (this.#isDraining || this.#isLeaving || !this.mux.isNearlySpent(this.hello.tunnelIndex)) return false;
    this.#isLeaving = true;
    this.#sendGoAway('TUNNEL_DRAINING');
    return true;
  }

  /** Whether it gives its place to another session of the same connector, beside which it finishes. */
  makesWayFor(session: TunnelSession): boolean {
    return this.#isLeaving && this.hello.epoch < session.hello.epoch;
  }

  /** Tells the connector why and takes no new requests; the tunnel stays for what runs. */
  goAway(code: WireErrorCode): void {
    this.drain();
    this.#sendGoAway(code);
  }

  #sendGoAway(code: WireErrorCode): void {
    const definition = errorDefinition(code);
    this.mux.sendControl(FRAME_TYPES.GOAWAY, { code: definition.wire, message: definition.summary });
  }
}
