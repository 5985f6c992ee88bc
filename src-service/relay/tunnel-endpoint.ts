import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { asPosternError, PosternError } from '../../src-shared/errors/postern-error.ts';
import { errorDefinition, type WireErrorCode } from '../../src-shared/errors/registry.ts';
import { Keepalive } from '../../src-shared/mux/keepalive.ts';
import { Mux } from '../../src-shared/mux/mux.ts';
import type { MuxLimits } from '../../src-shared/mux/mux-limits.ts';
import { SocketTransport } from '../../src-shared/mux/socket-transport.ts';
import {
  configurationAcknowledgementSchema,
  configurationReportSchema,
  goAwaySchema,
  type Hello,
  helloSchema,
} from '../../src-shared/wire/control.ts';
import { DELTA_FEATURE } from '../../src-shared/wire/configuration-change.ts';
import { CANARY_FEATURE } from '../../src-shared/wire/canary.ts';
import { FRAME_TYPES, TUNNEL_SUBPROTOCOL } from '../../src-shared/wire/frame.ts';
import { RENEWAL_FEATURE, renewedSchema, renewSchema } from '../../src-shared/wire/renewal.ts';
import { parseControl } from '../../src-shared/wire/parse-control.ts';
import { CertificateRenewal } from './certificate-renewal.ts';
import { Newcomers } from './newcomers.ts';
import { RELAY_LIMITS, type RelayTimes } from './relay-limits.ts';
import type { RelayHost } from './relay-types.ts';
import { TunnelCanary } from './tunnel-canary.ts';
import { TunnelSession } from './tunnel-session.ts';
import { acceptWebSocket, refuseUpgrade } from './web-socket-handshake.ts';

const NONCE_BYTES = 32;

/** What the endpoint tells the relay. */
export interface TunnelEvents {
  onAdmitted(session: TunnelSession): void;
  onEnded(session: TunnelSession, code: WireErrorCode, message: string): void;
}

/** The surroundings of the endpoint. */
export interface TunnelEndpointContext {
  readonly host: RelayHost;
  readonly log: Logger;
  readonly times: RelayTimes;
  readonly limits: MuxLimits;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Takes WebSockets from connectors, lets each prove who it is, and hands over those that did. */
export class TunnelEndpoint {
  readonly #context: TunnelEndpointContext;
  readonly #events: TunnelEvents;
  readonly #tunnels = new Set<Tunnel>();
  readonly #timer: NodeJS.Timeout;
  /** Those of which no HELLO came yet. */
  readonly #silent = new Newcomers<Tunnel>(RELAY_LIMITS.maxSilentTunnels);
  /** Those whose HELLO is being looked at. */
  #claiming = 0;

  constructor(context: TunnelEndpointContext, events: TunnelEvents) {
    this.#context = context;
    this.#events = events;
    this.#timer = setInterval(() => this.#tick(), context.times.tickMs);
  }

  /** Takes an upgrade request for the tunnel path. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#claiming >= RELAY_LIMITS.maxClaimingTunnels) {
      refuseUpgrade(socket, '503 Service Unavailable', 'Retry-After: 5\r\n');
      return;
    }
    if (!acceptWebSocket(request, socket, TUNNEL_SUBPROTOCOL)) return;
    const remoteAddress = request.socket.remoteAddress ?? '';
    const tunnel = new Tunnel(socket, remoteAddress, this.#context, {
      onHello: () => {
        this.#silent.remove(tunnel);
        // Those that are silent now may all speak at once.
        if (this.#claiming >= RELAY_LIMITS.maxClaimingTunnels) return false;
        this.#claiming += 1;
        return true;
      },
      onJudged: () => {
        this.#claiming -= 1;
      },
      onAdmitted: (session) => this.#events.onAdmitted(session),
      onEnded: (session, code, message) => {
        this.#tunnels.delete(tunnel);
        this.#silent.remove(tunnel);
        if (session !== null) this.#events.onEnded(session, code, message);
      },
    });
    this.#tunnels.add(tunnel);
    this.#silent.add(tunnel, remoteAddress)?.giveWay();
    if (head.length > 0) tunnel.receive(head);
  }

  /** Ends what is left and stops watching. */
  close(): void {
    clearInterval(this.#timer);
    for (const tunnel of this.#tunnels) tunnel.terminate();
  }

  #tick(): void {
    for (const tunnel of this.#tunnels) tunnel.tick();
  }
}

/** What a tunnel tells the endpoint; a null session is one that never proved who it is. */
interface TunnelOwner {
  /** It said who it is. @returns whether that can be looked at; `onJudged` follows then */
  onHello(): boolean;
  /** That was looked at, and found true or not. */
  onJudged(): void;
  onAdmitted(session: TunnelSession): void;
  onEnded(session: TunnelSession | null, code: WireErrorCode, message: string): void;
}

/** One WebSocket of a connector, from its upgrade to its end. */
class Tunnel {
  readonly #transport: SocketTransport;
  readonly #socket: Duplex;
  readonly #context: TunnelEndpointContext;
  readonly #remoteAddress: string;
  readonly #owner: TunnelOwner;
  readonly #nonce = randomBytes(NONCE_BYTES).toString('base64url');
  readonly #mux: Mux;
  readonly #keepalive: Keepalive;
  readonly #deadline: NodeJS.Timeout;
  #session: TunnelSession | null = null;
  #renewal: CertificateRenewal | null = null;
  #isHelloSeen = false;
  #receivedBytes = 0;

  constructor(socket: Duplex, remoteAddress: string, context: TunnelEndpointContext, owner: TunnelOwner) {
    const { host, log, times, limits } = context;
    this.#context = context;
    this.#socket = socket;
    this.#remoteAddress = remoteAddress;
    this.#owner = owner;
    this.#transport = new SocketTransport(socket, null, {
      onOctets: (octets) => this.#onOctets(octets),
      onSent: () => mux.onTransportDrain(),
      onEnded: ({ message }) => mux.close('TUNNEL_CLOSED', message),
    });
    const mux: Mux = new Mux({
      role: 'opener',
      transport: this.#transport,
      limits,
      now: () => performance.now(),
      defer: setImmediate,
      host: {
        onOpen: () => {
          throw new PosternError('TUNNEL_PROTOCOL');
        },
        onControl: (type, payload) => this.#onControl(type, payload),
        onClose: (code, message) => this.#onClose(code, message),
        onInternalError: (error) => log.error({ err: error }, 'relay.stream_failed'),
      },
    });
    this.#mux = mux;
    this.#keepalive = new Keepalive(mux, {
      pingIntervalMs: times.pingIntervalMs,
      deadAfterMs: times.deadAfterMs,
      tickMs: times.tickMs,
    });
    this.#deadline = setTimeout(() => this.#refuse('TUNNEL_TIMEOUT', 'No HELLO came in time.'), times.helloDeadlineMs);
    mux.sendControl(FRAME_TYPES.CHALLENGE, {
      audience: host.tunnelAudience,
      nonce: this.#nonce,
      features: [CANARY_FEATURE, DELTA_FEATURE, RENEWAL_FEATURE],
      settings: mux.receiveSettings,
    });
  }

  tick(): void {
    if (!this.#keepalive.tick()) {
      this.#mux.close('TUNNEL_TIMEOUT', 'The connector went silent.');
      this.#transport.terminate();
    } else if (this.#session?.canary?.tick() === false) {
      const { connector, hello } = this.#session;
      const { tunnelIndex } = hello;
      this.#context.log.warn({ connectorId: connector.connectorId, tunnelIndex }, 'relay.canary_missed');
      this.#refuse('TUNNEL_TIMEOUT', 'The connector forwards nothing: it left two canaries unanswered.');
    } else if (this.#session?.replaceIfSpent() === true) {
      const { connector, hello } = this.#session;
      const { tunnelIndex } = hello;
      this.#context.log.info({ connectorId: connector.connectorId, tunnelIndex }, 'relay.tunnel_spent');
    }
  }

  terminate(): void {
    this.#mux.close('TUNNEL_CLOSED', 'The service stops.');
    this.#transport.terminate();
  }

  /** Others come, and it has said nothing. */
  giveWay(): void {
    this.#context.log.debug({ remoteAddress: this.#remoteAddress }, 'relay.silent_tunnel_ended');
    this.#mux.close('TUNNEL_TIMEOUT', 'No HELLO came while others did.');
    this.#transport.terminate();
  }

  /** Takes octets that the socket gave before the tunnel listened to it. */
  receive(octets: Uint8Array): void {
    this.#transport.receive(octets);
  }

  #onOctets(data: Uint8Array): void {
    this.#receivedBytes += data.length;
    if (this.#session === null) {
      if (this.#receivedBytes > RELAY_LIMITS.maxHelloBytes) {
        this.#refuse('TUNNEL_PROTOCOL', 'Too much was sent before HELLO was answered.');
        return;
      }
    }
    this.#mux.receive(data);
  }

  #onControl(type: number, payload: Uint8Array): void {
    switch (type) {
      case FRAME_TYPES.HELLO:
        if (this.#isHelloSeen) throw new PosternError('TUNNEL_PROTOCOL', { message: 'HELLO came twice.' });
        this.#isHelloSeen = true;
        void this.#admit(parseControl('HELLO', helloSchema, payload));
        break;
      case FRAME_TYPES.CONFIG_ACK: {
        const acknowledgement = parseControl('CONFIG_ACK', configurationAcknowledgementSchema, payload);
        this.#session?.configuration.onAcknowledgement(acknowledgement);
        break;
      }
      case FRAME_TYPES.CONFIG_REPORT:
        this.#session?.configuration.onReport(parseControl('CONFIG_REPORT', configurationReportSchema, payload));
        break;
      case FRAME_TYPES.GOAWAY: {
        const { message } = parseControl('GOAWAY', goAwaySchema, payload);
        const session = this.#session;
        // Once: a line for each would let a connector fill the log, and whoever never was one as well.
        if (session === null || session.isDraining) break;
        this.#context.log.info({ connectorId: session.connector.connectorId, message }, 'relay.connector_draining');
        session.drain();
        break;
      }
      case FRAME_TYPES.RENEW: {
        const { certificateSigningRequest } = parseControl('RENEW', renewSchema, payload);
        this.#renewal?.renew(certificateSigningRequest).catch((error: unknown) => this.#refuseFor(error));
        break;
      }
      case FRAME_TYPES.RENEWED:
        this.#renewal
          ?.takeUp(parseControl('RENEWED', renewedSchema, payload).proof)
          .catch((error) => this.#refuseFor(error));
        break;
      default: // A message of a newer version.
    }
  }

  async #admit(hello: Hello): Promise<void> {
    const { host, times } = this.#context;
    if (!this.#owner.onHello()) {
      this.#refuse('TUNNEL_TIMEOUT', 'Too many connectors say who they are at once.');
      return;
    }
    try {
      const connector = await host
        .admit(hello.proof, this.#nonce, this.#remoteAddress)
        .finally(() => this.#owner.onJudged());
      if (this.#mux.isClosed) return;
      clearTimeout(this.#deadline);
      const canary = hello.features.includes(CANARY_FEATURE) ? this.#makeCanary() : null;
      const session = new TunnelSession({
        mux: this.#mux,
        connector,
        hello,
        remoteAddress: this.#remoteAddress,
        canary,
      });
      this.#session = session;
      if (hello.features.includes(RENEWAL_FEATURE)) this.#renewal = this.#makeRenewal(connector.connectorId);
      this.#mux.begin(hello.settings);
      this.#mux.sendControl(FRAME_TYPES.WELCOME, {
        sessionId: randomUUID(),
        serviceVersion: host.serviceVersion,
        pingIntervalMs: times.pingIntervalMs,
        deadAfterMs: times.deadAfterMs,
        ...(this.#renewal !== null && { renewInSeconds: connector.renewInSeconds }),
      });
      this.#mux.ping();
      this.#owner.onAdmitted(session);
      canary?.send();
    } catch (error) {
      this.#refuseFor(error);
    }
  }

  #makeRenewal(connectorId: string): CertificateRenewal {
    const { host, log } = this.#context;
    const remoteAddress = this.#remoteAddress;
    return new CertificateRenewal({ mux: this.#mux, host, log, connectorId, nonce: this.#nonce, remoteAddress });
  }

  #makeCanary(): TunnelCanary {
    const { times, random } = this.#context;
    return new TunnelCanary({
      mux: this.#mux,
      times,
      random,
      traffic: () => ({ receivedBytes: this.#receivedBytes, unsentBytes: this.#socket.writableLength }),
    });
  }

  #refuseFor(error: unknown): void {
    const refusal = asPosternError(error, 'STREAM_INTERNAL');
    const isKnown = errorDefinition(refusal.code).wire !== undefined;
    this.#context.log.warn({ err: error, remoteAddress: this.#remoteAddress }, 'relay.connector_refused');
    this.#refuse(isKnown ? (refusal.code as WireErrorCode) : 'STREAM_INTERNAL', refusal.message);
  }

  #refuse(code: WireErrorCode, message: string): void {
    this.#mux.sendControl(FRAME_TYPES.GOAWAY, { code: errorDefinition(code).wire, message });
    this.#mux.close(code, message);
  }

  #onClose(code: WireErrorCode, message: string): void {
    clearTimeout(this.#deadline);
    const transport = this.#transport;
    // A peer that doesn't answer the closing handshake must not keep its socket.
    setTimeout(() => transport.terminate(), this.#context.times.closeDeadlineMs).unref();
    this.#owner.onEnded(this.#session, code, message);
  }
}
