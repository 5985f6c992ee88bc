import { once } from 'node:events';
import WebSocket from 'ws';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { makeConnectorProof } from '../../src-main/connector/connector-proof.ts';
import { errorCodeFromWire } from '../../src-shared/errors/registry.ts';
import { DEFAULT_MUX_LIMITS } from '../../src-shared/mux/mux-limits.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { Mux } from '../../src-shared/mux/mux.ts';
import { CANARY_FEATURE, isCanaryHead } from '../../src-shared/wire/canary.ts';
import { challengeSchema, goAwaySchema } from '../../src-shared/wire/control.ts';
import { type Certificate, certificateSchema } from '../../src-shared/wire/renewal.ts';
import { FRAME_TYPES, TUNNEL_SUBPROTOCOL } from '../../src-shared/wire/frame.ts';
import { decodeUtf8, joinOctets } from '../../src-shared/wire/octets.ts';

export interface BareConnectorOptions {
  readonly identity: ConnectorIdentity;
  /** What it does with each stream that the service opens. */
  readonly accept: (stream: MuxStream, isCanary: boolean, block: Uint8Array) => StreamHandler;
  readonly features?: readonly string[];
  /** Whether it leaves CHALLENGE unanswered, and does not wait for WELCOME. */
  readonly isSilent?: boolean;
}

/** A connector that is no more than a tunnel: it proves who it is, answers pings, and leaves the rest to the test. */
export interface BareConnector {
  /** Streams that the service opened so far. */
  readonly canaries: number;
  readonly requests: number;
  /** Why the service ended the tunnel: code and message of its GOAWAY. */
  readonly dismissed: Promise<{ readonly code: string; readonly message: string }>;
  /** The answers to RENEW so far. */
  readonly certificates: readonly Certificate[];
  /** Sends a control message. */
  say(type: number, message: unknown): void;
  close(): void;
}

/** Dials and waits for the WELCOME. */
export async function startBareConnector(options: BareConnectorOptions): Promise<BareConnector> {
  const { identity, accept, features = [CANARY_FEATURE], isSilent = false } = options;
  const certificates: Certificate[] = [];
  const counts = { canaries: 0, requests: 0 };
  const welcomed = Promise.withResolvers<void>();
  const dismissed = Promise.withResolvers<{ code: string; message: string }>();
  const webSocket = new WebSocket(identity.tunnelUrl, TUNNEL_SUBPROTOCOL);
  const answerChallenge = async (payload: Uint8Array): Promise<void> => {
    const challenge = challengeSchema.parse(JSON.parse(decodeUtf8(payload)));
    mux.begin(challenge.settings);
    mux.sendControl(FRAME_TYPES.HELLO, {
      proof: await makeConnectorProof(identity, challenge, Date.now()),
      features,
      settings: mux.receiveSettings,
      connectorVersion: '0.0.0',
      machineName: 'bare',
      tunnelIndex: 0,
      epoch: Date.now(),
    });
  };
  const mux = new Mux({
    role: 'acceptor',
    transport: {
      headroomBytes: 0,
      send: (parts, totalBytes) => webSocket.send(joinOctets(parts, totalBytes)),
      bufferedBytes: 0,
      close: () => webSocket.close(),
    },
    limits: DEFAULT_MUX_LIMITS,
    now: () => performance.now(),
    defer: setImmediate,
    host: {
      onOpen: (stream, block) => {
        const isCanary = isCanaryHead(block);
        counts[isCanary ? 'canaries' : 'requests'] += 1;
        return accept(stream, isCanary, block);
      },
      onControl: (type, payload) => {
        if (type === FRAME_TYPES.CHALLENGE && !isSilent) answerChallenge(payload).catch(welcomed.reject);
        if (type === FRAME_TYPES.WELCOME) welcomed.resolve();
        if (type === FRAME_TYPES.CERTIFICATE)
          certificates.push(certificateSchema.parse(JSON.parse(decodeUtf8(payload))));
        if (type !== FRAME_TYPES.GOAWAY) return;
        const { code, message } = goAwaySchema.parse(JSON.parse(decodeUtf8(payload)));
        dismissed.resolve({ code: errorCodeFromWire(code), message });
      },
      onClose: () => undefined,
      onInternalError: welcomed.reject,
    },
  });
  webSocket.on('message', (data: Buffer) => mux.receive(data));
  webSocket.on('error', welcomed.reject);
  await once(webSocket, 'open');
  if (!isSilent) await welcomed.promise;
  return {
    get canaries() {
      return counts.canaries;
    },
    get requests() {
      return counts.requests;
    },
    dismissed: dismissed.promise,
    certificates,
    say: (type, message) => mux.sendControl(type, message),
    close: () => webSocket.terminate(),
  };
}
