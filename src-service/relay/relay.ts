import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import { DEFAULT_MUX_LIMITS } from '../../src-shared/mux/mux-limits.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { ConfigurationFeed } from './configuration-feed.ts';
import { ConnectionPins } from './connection-pins.ts';
import { ConnectorRegistry } from './connector-registry.ts';
import { HttpExchange } from './http-exchange.ts';
import { DEFAULT_RELAY_TIMES, RELAY_LIMITS, type RelayTimes } from './relay-limits.ts';
import { type RelayCount, RelayTally } from './relay-tally.ts';
import type {
  ConnectorPresence,
  DisconnectCode,
  ForwardedRequest,
  ForwardedUpgrade,
  RelayHost,
  RunningUpgrade,
} from './relay-types.ts';
import { SlowReaders } from './slow-readers.ts';
import { TunnelEndpoint } from './tunnel-endpoint.ts';
import type { TunnelSession } from './tunnel-session.ts';
import { RequestAttempts } from './request-attempts.ts';
import { UpgradeExchange } from './upgrade-exchange.ts';

const DRAIN_POLL_MS = 25;
/** Ends of a tunnel that speak against its connector. A connection that broke does not: networks do that. */
const CONNECTOR_AT_FAULT: ReadonlySet<WireErrorCode> = new Set([
  'TUNNEL_TIMEOUT',
  'TUNNEL_PROTOCOL',
  'TUNNEL_FRAME_SIZE',
  'TUNNEL_CREDIT',
]);

/** What a test may choose otherwise. */
export interface RelayOptions {
  readonly times?: Partial<RelayTimes>;
  readonly maxUntakenBytes?: number;
  /** Streams that a tunnel may open in all. */
  readonly streamIds?: number;
  /** 0 to 1; spreads canaries. */
  readonly random?: () => number;
}

/** Brings requests to connectors: holds their tunnels, picks one for each request, and moves the bytes. */
export class Relay {
  readonly #host: RelayHost;
  readonly #log: Logger;
  readonly #registry = new ConnectorRegistry(() => performance.now());
  readonly #tally = new RelayTally();
  /** By connector group, used longest ago first. */
  readonly #feeds = new Map<string, ConfigurationFeed>();
  readonly #pins = new ConnectionPins((connectorId, connection) => this.#release(connectorId, connection));
  readonly #times: RelayTimes;
  readonly #slowReaders: SlowReaders;
  readonly #endpoint: TunnelEndpoint;
  #isDraining = false;

  constructor(host: RelayHost, log: Logger, options: RelayOptions = {}) {
    this.#host = host;
    this.#log = log;
    this.#times = { ...DEFAULT_RELAY_TIMES, ...options.times };
    this.#slowReaders = new SlowReaders(this.#times, options.maxUntakenBytes ?? RELAY_LIMITS.maxUntakenBytes, () =>
      performance.now(),
    );
    this.#endpoint = new TunnelEndpoint(
      {
        host,
        log,
        times: this.#times,
        limits: { ...DEFAULT_MUX_LIMITS, streamIds: options.streamIds ?? DEFAULT_MUX_LIMITS.streamIds },
        random: options.random ?? Math.random,
      },
      {
        onAdmitted: (session) => this.#onAdmitted(session),
        onEnded: (session, code, message) => this.#onEnded(session, code, message),
      },
    );
  }

  /** Sends a request through a tunnel of its group and its answer to the user. */
  forward(forwarded: ForwardedRequest): void {
    const pin = this.#pins.of(forwarded);
    const pinned = pin === null ? forwarded : { ...forwarded, head: { ...forwarded.head, connectionId: pin.id } };
    const attempts = new RequestAttempts(this.#registry, this.#tally, forwarded, pin);
    new HttpExchange(pinned, attempts, this.#slowReaders).start();
  }

  /** The same for a request to switch protocols. */
  forwardUpgrade(forwarded: ForwardedUpgrade): RunningUpgrade {
    const attempts = new RequestAttempts(this.#registry, this.#tally, forwarded);
    const exchange = new UpgradeExchange(forwarded, attempts, this.#slowReaders);
    exchange.start();
    return exchange;
  }

  /** Takes a connector's WebSocket. */
  acceptTunnel(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isDraining) {
      socket.end(
        'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    this.#endpoint.accept(request, socket, head);
  }

  /** Whether a request for the group would find a tunnel. */
  hasConnector(connectorGroupId: string): boolean {
    return this.#registry.hasUsable(connectorGroupId);
  }

  liveConnectors(): ConnectorPresence[] {
    return this.#registry.presences();
  }

  /** How many requests are over, by what became of them. */
  get counts(): readonly RelayCount[] {
    return this.#tally.counts;
  }

  /** How often a request was handed to a tunnel, and how often to another one than the first. */
  get picks(): { readonly picks: number; readonly retries: number } {
    return this.#tally;
  }

  /** Tells the group's connectors what has changed of its configuration (B63). */
  publishConfiguration(connectorGroupId: string): void {
    const sessions = this.#registry.ofGroup(connectorGroupId);
    if (sessions.length === 0) return;
    const feed = this.#feedOf(connectorGroupId);
    for (const session of sessions) session.configuration.publish(feed);
  }

  /** Puts a connector into another group, with no restart (B67). */
  moveConnector(connectorId: string, connectorGroupId: string): void {
    this.#registry.move(connectorId, connectorGroupId);
    const feed = this.#feedOf(connectorGroupId);
    for (const session of this.#registry.ofConnector(connectorId)) session.configuration.publish(feed);
  }

  /** Hands a connector no new requests, or hands it some again; what runs goes on either way (B66). */
  drainConnector(connectorId: string, isDraining: boolean): void {
    this.#registry.setDraining(connectorId, isDraining);
    for (const session of this.#registry.ofConnector(connectorId)) session.configuration.setDraining(isDraining);
  }

  /** Tells a connector its new name. */
  renameConnector(connectorId: string, displayName: string): void {
    for (const session of this.#registry.ofConnector(connectorId)) session.configuration.rename(displayName);
  }

  /** Ends all tunnels of a connector at once, requests under way included (B62). */
  disconnect(connectorId: string, code: DisconnectCode): void {
    for (const session of [...this.#registry.ofConnector(connectorId)]) {
      session.goAway(code);
      session.mux.close(code, 'The service ended the tunnel.');
    }
  }

  /**
   * Tells every connector to open its tunnels elsewhere and lets running requests finish (B66).
   * @returns a promise that settles when nothing runs any more, or the time is up.
   */
  async drain(drainMs: number = this.#times.drainMs): Promise<void> {
    this.#isDraining = true;
    for (const session of this.#registry.all()) session.goAway('TUNNEL_DRAINING');
    const deadlineMs = performance.now() + drainMs;
    const isBusy = (): boolean => this.#registry.all().some((session) => session.outstanding > 0);
    while (isBusy() && performance.now() < deadlineMs) {
      await new Promise<void>((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
  }

  /** Ends every tunnel. */
  close(): void {
    this.#isDraining = true;
    this.#endpoint.close();
  }

  /** The group's feed, as its configuration is now. */
  #feedOf(connectorGroupId: string): ConfigurationFeed {
    const configuration = this.#host.configurationFor(connectorGroupId);
    const known = this.#feeds.get(connectorGroupId);
    const feed = known ?? new ConfigurationFeed(configuration);
    feed.update(configuration);
    this.#feeds.delete(connectorGroupId);
    this.#feeds.set(connectorGroupId, feed);
    if (this.#feeds.size > RELAY_LIMITS.configurationFeeds) this.#feeds.delete(this.#feeds.keys().next().value ?? '');
    return feed;
  }

  #release(connectorId: string, connection: string): void {
    const session = this.#registry.ofConnector(connectorId).find(({ mux }) => !mux.isClosed);
    session?.mux.sendControl(FRAME_TYPES.RELEASE, { connection });
  }

  #onAdmitted(session: TunnelSession): void {
    const older = this.#registry.add(session);
    if (older === 'stale') {
      session.goAway('TUNNEL_SUPERSEDED');
      session.mux.close('TUNNEL_SUPERSEDED', 'A newer session of this connector stands.');
      return;
    }
    if (older !== null) {
      older.goAway('TUNNEL_SUPERSEDED');
      older.mux.close('TUNNEL_SUPERSEDED', 'A newer session of this connector took its place.');
    }
    session.configuration.publish(this.#feedOf(session.connector.connectorGroupId));
    const { connectorId } = session.connector;
    this.#log.info(
      { connectorId, tunnelIndex: session.hello.tunnelIndex, remoteAddress: session.remoteAddress },
      'relay.connected',
    );
    this.#host.onPresence(this.#registry.presenceOf(session));
  }

  #onEnded(session: TunnelSession, code: WireErrorCode, message: string): void {
    if (!this.#registry.remove(session)) return;
    const { connectorId } = session.connector;
    if (CONNECTOR_AT_FAULT.has(code)) this.#registry.note(connectorId, 'failed');
    this.#log.info({ connectorId, tunnelIndex: session.hello.tunnelIndex, code, message }, 'relay.disconnected');
    this.#host.onPresence(this.#registry.presenceOf(session));
  }
}
