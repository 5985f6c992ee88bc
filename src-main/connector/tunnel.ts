import type { Socket } from 'node:net';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { makeReason } from '../../src-shared/errors/reasons.ts';
import { errorCodeFromWire, errorDefinition, type WireErrorCode } from '../../src-shared/errors/registry.ts';
import { Keepalive } from '../../src-shared/mux/keepalive.ts';
import type { MuxLimits } from '../../src-shared/mux/mux-limits.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { Mux } from '../../src-shared/mux/mux.ts';
import { SocketTransport } from '../../src-shared/mux/socket-transport.ts';
import { DELTA_FEATURE } from '../../src-shared/wire/configuration-change.ts';
import {
  type Challenge,
  challengeSchema,
  type ConfigurationAcknowledgement,
  goAwaySchema,
  type Hello,
  releaseSchema,
  type Welcome,
  welcomeSchema,
} from '../../src-shared/wire/control.ts';
import { certificateSchema, RENEWAL_FEATURE } from '../../src-shared/wire/renewal.ts';
import { CANARY_FEATURE } from '../../src-shared/wire/canary.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { ConfigurationReceiver } from './configuration-receiver.ts';
import type { ConnectorIdentity } from './connector-identity.ts';
import type { IdentityKeeper, RenewalCarrier } from './identity-keeper.ts';
import { makeConnectorProof } from './connector-proof.ts';
import type { EngineLog, EngineRuntime } from './engine-runtime.ts';
import type { HeldConfiguration } from './held-configuration.ts';
import { parseControl } from '../../src-shared/wire/parse-control.ts';
import type { FindRoutes } from './proxy/proxy-route.ts';
import { type DialDeadlines, openServiceSocket } from './service-socket.ts';
import { maskMakerFor, openTunnelWebSocket } from './tunnel-web-socket.ts';

const KEEPALIVE_TICK_MS = 1000;
/** How long a closing WebSocket may wait for its peer. */
const CLOSE_TIMEOUT_MS = 2000;

/** What a tunnel tells its slot. `onClosed` comes once and last, whatever happened. */
export interface TunnelEvents {
  onOpened(): void;
  onConnected(): void;
  /** What `TunnelOptions.held` holds may have changed. */
  onConfiguration(): void;
  /** The service is stopping: what runs here finishes, a new tunnel is wanted elsewhere. */
  onDraining(): void;
  onClosed(error: PosternError, retryAfterMs: number | null): void;
  /** A stream is over; the count has it no more. */
  onStreamEnd(): void;
  /** Number of streams or the round trip may have changed. */
  onProgress(): void;
}

export interface TunnelOptions {
  readonly keeper: IdentityKeeper;
  readonly index: number;
  readonly epoch: number;
  readonly version: string;
  readonly machineName: string;
  readonly operatingSystem?: string;
  readonly extraCertificates: readonly string[];
  readonly findRoutes: FindRoutes;
  readonly deadlines: DialDeadlines;
  readonly limits: MuxLimits;
  readonly runtime: EngineRuntime;
  readonly log: EngineLog;
  readonly events: TunnelEvents;
  /** The connector's configuration, which every tunnel of it brings. */
  readonly held: HeldConfiguration;
  /** Whether no other tunnel stands. */
  readonly isAlone: () => boolean;
  /** Takes a stream that the service opened; `onCanary` is to be called when it was a canary and has been answered. */
  readonly onStream: (stream: MuxStream, block: Uint8Array, onCanary: () => void) => StreamHandler;
  /** A user's connection is over; the id is that of `RequestHead.connectionId`. */
  readonly onRelease: (connectionId: string) => void;
}

/** One tunnel, from the dial to its end. Made anew for each attempt. */
export class Tunnel implements RenewalCarrier {
  readonly #options: TunnelOptions;
  /** As which it says HELLO. */
  #identity: ConnectorIdentity;
  readonly #abort = new AbortController();
  readonly #receiver: ConfigurationReceiver;
  #mux: Mux | null = null;
  #transport: SocketTransport | null = null;
  #keepaliveTimer: NodeJS.Timeout | null = null;
  #helloTimer: NodeJS.Timeout | null = null;
  #challenge: Challenge | null = null;
  #isConnected = false;
  #isClosed = false;
  #canaryAtMs: number | null = null;

  constructor(options: TunnelOptions) {
    this.#options = options;
    this.#identity = options.keeper.identity;
    this.#receiver = new ConfigurationReceiver(options.held, options.isAlone);
    void this.#dial();
  }

  get openStreams(): number {
    return this.#mux?.openStreams ?? 0;
  }

  get roundTripMs(): number | null {
    return this.#mux?.measuredRoundTripMs ?? null;
  }

  /** When the last canary of the service was answered, ms since the epoch; null before the first. */
  get canaryAtMs(): number | null {
    return this.#canaryAtMs;
  }

  /** Takes no new streams and tells the service so; what runs goes on. */
  drain(): void {
    const mux = this.#mux;
    if (mux === null || !this.#isConnected) {
      this.close('TUNNEL_DRAINING', 'The connector stops.');
      return;
    }
    const code = errorDefinition('TUNNEL_DRAINING').wire;
    mux.sendControl(FRAME_TYPES.GOAWAY, { code, message: 'The connector stops.' });
    mux.refuseStreams();
  }

  /** Tells the service what of its configuration can't be served now; before the first configuration the answer to that tells it. */
  reportConfiguration(): void {
    const report = this.#isConnected ? this.#receiver.report() : null;
    if (report !== null) this.#mux?.sendControl(FRAME_TYPES.CONFIG_REPORT, report);
  }

  send(type: number, message: object): void {
    this.#mux?.sendControl(type, message);
  }

  async prove(identity: ConnectorIdentity): Promise<string> {
    if (this.#challenge === null) throw new PosternError('TUNNEL_PROTOCOL', { message: 'There was no CHALLENGE.' });
    return makeConnectorProof(identity, this.#challenge, this.#options.runtime.now());
  }

  /** Ends the tunnel and every stream on it. Harmless when it is over. */
  close(code: WireErrorCode, message: string): void {
    this.#finish(new PosternError(code, { message }), null);
  }

  async #dial(): Promise<void> {
    const { deadlines, extraCertificates, findRoutes, events, runtime } = this.#options;
    const { findAddresses } = runtime;
    try {
      const url = new URL(this.#identity.tunnelUrl);
      const signal = this.#abort.signal;
      const socket = await openServiceSocket({ url, deadlines, extraCertificates, findRoutes, findAddresses, signal });
      const refusal = await openTunnelWebSocket(url, socket, deadlines.upgradeMs, signal, (head) => {
        this.#attach(socket, head);
        events.onOpened();
      });
      if (refusal !== null) this.#finish(refusal.error, refusal.retryAfterMs);
    } catch (error) {
      this.#finish(error instanceof PosternError ? error : unreachable(error), null);
    }
  }

  #attach(socket: Socket, head: Uint8Array): void {
    const { limits, runtime, log, deadlines } = this.#options;
    const transport = new SocketTransport(socket, maskMakerFor(socket), {
      onOctets: (octets) => mux.receive(octets),
      onSent: () => mux.onTransportDrain(),
      onEnded: (error) => this.#finish(error, null),
    });
    const mux: Mux = new Mux({
      role: 'acceptor',
      transport,
      limits,
      now: () => runtime.monotonicMs(),
      defer: (task) => setImmediate(task),
      host: {
        onOpen: (stream, block) => this.#options.onStream(stream, block, () => this.#onCanary()),
        onControl: (type, payload) => this.#onControl(type, payload),
        onStreamEnd: () => this.#options.events.onStreamEnd(),
        onClose: (code, message) => this.#finish(new PosternError(code, { message }), null),
        onInternalError: (error) => log.error({ err: error }, 'tunnel.handlerFailed'),
      },
    });
    this.#mux = mux;
    this.#transport = transport;
    // What came along with the 101 is heard once this is all set up.
    if (head.length > 0) setImmediate(() => transport.receive(head));
    this.#helloTimer = setTimeout(() => {
      const reason = makeReason('tunnelHandshakeLate', { seconds: deadlines.helloMs / 1000 });
      this.#finish(new PosternError('TUNNEL_TIMEOUT', { reason }), null);
    }, deadlines.helloMs);
  }

  #onControl(type: number, payload: Uint8Array): void {
    switch (type) {
      case FRAME_TYPES.CHALLENGE:
        if (this.#challenge !== null) throw new PosternError('TUNNEL_PROTOCOL', { message: 'CHALLENGE came twice.' });
        this.#challenge = parseControl('CHALLENGE', challengeSchema, payload);
        void this.#answerChallenge(this.#challenge);
        break;
      case FRAME_TYPES.WELCOME:
        this.#onWelcome(parseControl('WELCOME', welcomeSchema, payload));
        break;
      case FRAME_TYPES.CONFIG:
        this.#answerConfiguration(this.#receiver.whole(payload));
        break;
      case FRAME_TYPES.CONFIG_CHANGE:
        this.#answerConfiguration(this.#receiver.change(payload));
        break;
      case FRAME_TYPES.CERTIFICATE:
        void this.#options.keeper.onCertificate(this, parseControl('CERTIFICATE', certificateSchema, payload));
        break;
      case FRAME_TYPES.GOAWAY:
        this.#onGoAway(payload);
        break;
      case FRAME_TYPES.RELEASE:
        this.#options.onRelease(parseControl('RELEASE', releaseSchema, payload).connection);
        break;
      default: // A message of a newer version.
    }
  }

  async #answerChallenge(challenge: Challenge): Promise<void> {
    const { keeper, version, machineName, operatingSystem, index, epoch, held } = this.#options;
    const { identity } = keeper;
    this.#identity = identity;
    const mux = this.#mux;
    if (mux === null || this.#isConnected) return;
    try {
      // A proof for another name could be carried on to that one by whoever answered here.
      if (challenge.audience !== identity.tunnelAudience) {
        throw new PosternError('TUNNEL_AUTHENTICATION', {
          reason: makeReason('tunnelAudience', { told: challenge.audience, known: identity.tunnelAudience }),
        });
      }
      mux.begin(challenge.settings);
      const hello: Hello = {
        proof: await this.prove(identity),
        features: [CANARY_FEATURE, DELTA_FEATURE, ...(keeper.canRenew ? [RENEWAL_FEATURE] : [])],
        settings: mux.receiveSettings,
        connectorVersion: version,
        machineName,
        ...(operatingSystem !== undefined && { operatingSystem }),
        tunnelIndex: index,
        epoch,
        ...(held.tag !== null && { configurationTag: held.tag }),
      };
      mux.sendControl(FRAME_TYPES.HELLO, hello);
    } catch (error) {
      this.#finish(error instanceof PosternError ? error : unreachable(error), null);
    }
  }

  #onWelcome(welcome: Welcome): void {
    const mux = this.#mux;
    if (mux === null || this.#isConnected) return;
    this.#isConnected = true;
    if (this.#helloTimer !== null) clearTimeout(this.#helloTimer);
    const times = { ...welcome, tickMs: KEEPALIVE_TICK_MS };
    const keepalive = new Keepalive(mux, times, () => this.#options.runtime.now());
    this.#keepaliveTimer = setInterval(() => {
      if (keepalive.tick()) {
        this.#options.events.onProgress();
        return;
      }
      const reason = makeReason('tunnelSilent', { seconds: welcome.deadAfterMs / 1000 });
      this.#finish(new PosternError('TUNNEL_TIMEOUT', { reason }), null);
    }, KEEPALIVE_TICK_MS);
    // The first round trip is wanted at once, not after the first silence.
    mux.ping();
    const { keeper } = this.#options;
    if (welcome.renewInSeconds !== undefined) keeper.attach(this, this.#identity, welcome.renewInSeconds);
    this.#options.events.onConnected();
  }

  #onCanary(): void {
    this.#canaryAtMs = this.#options.runtime.now();
    this.#options.events.onProgress();
  }

  #answerConfiguration(acknowledgement: ConfigurationAcknowledgement): void {
    const { version, part, isAccepted, reason } = acknowledgement;
    if (!isAccepted) this.#options.log.warn({ version, part, reason }, 'tunnel.configurationNotTaken');
    this.#mux?.sendControl(FRAME_TYPES.CONFIG_ACK, acknowledgement);
    this.#options.events.onConfiguration();
  }

  #onGoAway(payload: Uint8Array): void {
    const goAway = parseControl('GOAWAY', goAwaySchema, payload);
    const code = errorCodeFromWire(goAway.code);
    if (code === 'TUNNEL_DRAINING') {
      this.#options.events.onDraining();
      return;
    }
    // The certificate was renewed while this dial was under way: the next one has the new one.
    const isOutdated = code === 'TUNNEL_REVOKED' && this.#identity !== this.#options.keeper.identity;
    const { message } = goAway;
    this.#finish(new PosternError(isOutdated ? 'TUNNEL_CLOSED' : code, message === '' ? {} : { message }), null);
  }

  #finish(error: PosternError, retryAfterMs: number | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#helloTimer !== null) clearTimeout(this.#helloTimer);
    if (this.#keepaliveTimer !== null) clearInterval(this.#keepaliveTimer);
    this.#abort.abort(error);
    this.#options.keeper.detach(this);
    const code = errorDefinition(error.code).wire === undefined ? 'TUNNEL_CLOSED' : (error.code as WireErrorCode);
    this.#mux?.close(code, error.message);
    this.#endTransport();
    this.#options.events.onClosed(error, retryAfterMs);
  }

  /** The mux has asked for the closing handshake; a peer that doesn't answer it is cut off. */
  #endTransport(): void {
    const transport = this.#transport;
    if (transport !== null) setTimeout(() => transport.terminate(), CLOSE_TIMEOUT_MS).unref();
  }
}

function unreachable(error: unknown): PosternError {
  const detail = error instanceof Error ? error.message : String(error);
  return new PosternError('SERVICE_UNREACHABLE', { message: `The tunnel failed: ${detail}`, cause: error });
}
