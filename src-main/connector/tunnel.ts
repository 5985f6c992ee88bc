import type { Socket } from 'node:net';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { errorCodeFromWire, errorDefinition, type WireErrorCode } from '../../src-shared/errors/registry.ts';
import { Keepalive } from '../../src-shared/mux/keepalive.ts';
import type { MuxLimits } from '../../src-shared/mux/mux-limits.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { Mux } from '../../src-shared/mux/mux.ts';
import { SocketTransport } from '../../src-shared/mux/socket-transport.ts';
import {
  type ConnectorConfiguration,
  connectorConfigurationSchema,
} from '../../src-shared/publishing/connector-configuration.ts';
import {
  challengeSchema,
  type ConfigurationAcknowledgement,
  goAwaySchema,
  type Hello,
  releaseSchema,
  type Welcome,
  welcomeSchema,
} from '../../src-shared/wire/control.ts';
import { CANARY_FEATURE } from '../../src-shared/wire/canary.ts';
import { FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { decodeUtf8 } from '../../src-shared/wire/octets.ts';
import type { ConnectorIdentity } from './connector-identity.ts';
import { makeConnectorProof } from './connector-proof.ts';
import type { EngineLog, EngineRuntime } from './engine-runtime.ts';
import { type DialDeadlines, openServiceSocket } from './service-socket.ts';
import { maskMakerFor, openTunnelWebSocket } from './tunnel-web-socket.ts';

const KEEPALIVE_TICK_MS = 1000;
/** How long a closing WebSocket may wait for its peer. */
const CLOSE_TIMEOUT_MS = 2000;

/** What a tunnel tells its slot. `onClosed` comes once and last, whatever happened. */
export interface TunnelEvents {
  onOpened(): void;
  onConnected(): void;
  /** Takes a configuration into force. @throws PosternError when it can't; the last good one stays then. */
  onConfiguration(configuration: ConnectorConfiguration, isFirst: boolean): void;
  /** The service is stopping: what runs here finishes, a new tunnel is wanted elsewhere. */
  onDraining(): void;
  onClosed(error: PosternError, retryAfterMs: number | null): void;
  /** A stream is over; the count has it no more. */
  onStreamEnd(): void;
  /** Number of streams or the round trip may have changed. */
  onProgress(): void;
}

export interface TunnelOptions {
  readonly identity: ConnectorIdentity;
  readonly index: number;
  readonly epoch: number;
  readonly version: string;
  readonly machineName: string;
  readonly extraCertificates: readonly string[];
  readonly deadlines: DialDeadlines;
  readonly limits: MuxLimits;
  readonly runtime: EngineRuntime;
  readonly log: EngineLog;
  readonly events: TunnelEvents;
  /** Takes a stream that the service opened; `onCanary` is to be called when it was a canary and has been answered. */
  readonly onStream: (stream: MuxStream, block: Uint8Array, onCanary: () => void) => StreamHandler;
  /** A user's connection is over; the id is that of `RequestHead.connectionId`. */
  readonly onRelease: (connectionId: string) => void;
}

/** One tunnel, from the dial to its end. Made anew for each attempt. */
export class Tunnel {
  readonly #options: TunnelOptions;
  readonly #abort = new AbortController();
  #mux: Mux | null = null;
  #transport: SocketTransport | null = null;
  #keepaliveTimer: NodeJS.Timeout | null = null;
  #helloTimer: NodeJS.Timeout | null = null;
  #isConnected = false;
  #isClosed = false;
  #configurationVersion: number | null = null;
  #canaryAtMs: number | null = null;

  constructor(options: TunnelOptions) {
    this.#options = options;
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

  /** Ends the tunnel and every stream on it. Harmless when it is over. */
  close(code: WireErrorCode, message: string): void {
    this.#finish(new PosternError(code, { message }), null);
  }

  async #dial(): Promise<void> {
    const { identity, deadlines, extraCertificates, events } = this.#options;
    try {
      const url = new URL(identity.tunnelUrl);
      const signal = this.#abort.signal;
      const socket = await openServiceSocket({ url, deadlines, extraCertificates, signal });
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
      onEnded: (message) => this.#finish(new PosternError('TUNNEL_CLOSED', { message }), null),
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
      const message = `The service did not answer the handshake within ${deadlines.helloMs / 1000} s.`;
      this.close('TUNNEL_TIMEOUT', message);
    }, deadlines.helloMs);
  }

  #onControl(type: number, payload: Uint8Array): void {
    switch (type) {
      case FRAME_TYPES.CHALLENGE:
        void this.#answerChallenge(payload);
        break;
      case FRAME_TYPES.WELCOME:
        this.#onWelcome(parseControl(welcomeSchema, payload));
        break;
      case FRAME_TYPES.CONFIG:
        this.#onConfiguration(payload);
        break;
      case FRAME_TYPES.GOAWAY:
        this.#onGoAway(payload);
        break;
      case FRAME_TYPES.RELEASE:
        this.#options.onRelease(parseControl(releaseSchema, payload).connection);
        break;
      default: // A message of a newer version.
    }
  }

  async #answerChallenge(payload: Uint8Array): Promise<void> {
    const { identity, runtime, version, machineName, index, epoch } = this.#options;
    const mux = this.#mux;
    if (mux === null || this.#isConnected) return;
    try {
      const challenge = parseControl(challengeSchema, payload);
      // A proof for another name could be carried on to that one by whoever answered here.
      if (challenge.audience !== identity.tunnelAudience) {
        throw new PosternError('TUNNEL_AUTHENTICATION', {
          message: `The service calls itself ${challenge.audience}, but this connector enrolled with ${identity.tunnelAudience}.`,
        });
      }
      mux.begin(challenge.settings);
      const hello: Hello = {
        proof: await makeConnectorProof(identity, challenge, runtime.now()),
        features: [CANARY_FEATURE],
        settings: mux.receiveSettings,
        connectorVersion: version,
        machineName,
        tunnelIndex: index,
        epoch,
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
      if (keepalive.tick()) this.#options.events.onProgress();
      else this.close('TUNNEL_TIMEOUT', `The service was silent for ${welcome.deadAfterMs / 1000} s.`);
    }, KEEPALIVE_TICK_MS);
    // The first round trip is wanted at once, not after the first silence.
    mux.ping();
    this.#options.events.onConnected();
  }

  #onCanary(): void {
    this.#canaryAtMs = this.#options.runtime.now();
    this.#options.events.onProgress();
  }

  #onConfiguration(payload: Uint8Array): void {
    let version = 0;
    let acknowledgement: ConfigurationAcknowledgement;
    try {
      const configuration = parseControl(connectorConfigurationSchema, payload);
      version = configuration.version;
      const isFirst = this.#configurationVersion === null;
      if (isFirst || version >= (this.#configurationVersion ?? 0)) {
        this.#options.events.onConfiguration(configuration, isFirst);
        this.#configurationVersion = version;
      }
      acknowledgement = { version, isAccepted: true };
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 2048) : 'It could not be read.';
      this.#options.log.error({ version, reason }, 'tunnel.configurationRejected');
      acknowledgement = { version: version === 0 ? versionOf(payload) : version, isAccepted: false, reason };
    }
    this.#mux?.sendControl(FRAME_TYPES.CONFIG_ACK, acknowledgement);
  }

  #onGoAway(payload: Uint8Array): void {
    const goAway = parseControl(goAwaySchema, payload);
    const code = errorCodeFromWire(goAway.code);
    if (code === 'TUNNEL_DRAINING') {
      this.#options.events.onDraining();
      return;
    }
    this.#finish(new PosternError(code, goAway.message === '' ? {} : { message: goAway.message }), null);
  }

  #finish(error: PosternError, retryAfterMs: number | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#helloTimer !== null) clearTimeout(this.#helloTimer);
    if (this.#keepaliveTimer !== null) clearInterval(this.#keepaliveTimer);
    this.#abort.abort(error);
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

/** Reads a control message. @throws PosternError `TUNNEL_PROTOCOL` naming what is wrong. */
function parseControl<Value>(
  schema: { safeParse(value: unknown): { success: true; data: Value } | { success: false; error: Error } },
  payload: Uint8Array,
): Value {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(payload));
  } catch (error) {
    throw new PosternError('TUNNEL_PROTOCOL', { message: 'A control message is not JSON in UTF-8.', cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new PosternError('TUNNEL_PROTOCOL', {
    message: `A control message has a wrong form: ${result.error.message}`,
    cause: result.error,
  });
}

/** The version that a configuration names, however wrong the rest of it is. */
function versionOf(payload: Uint8Array): number {
  try {
    const value: unknown = JSON.parse(decodeUtf8(payload));
    const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : 0;
    return typeof version === 'number' && Number.isSafeInteger(version) && version >= 0 ? version : 0;
  } catch {
    return 0;
  }
}

function unreachable(error: unknown): PosternError {
  const detail = error instanceof Error ? error.message : String(error);
  return new PosternError('SERVICE_UNREACHABLE', { message: `The tunnel failed: ${detail}`, cause: error });
}
