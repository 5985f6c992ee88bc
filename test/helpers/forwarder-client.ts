import type { FindAddresses } from '../../src-main/connector/loopback-lookup.ts';
import { BackendDialer } from '../../src-main/connector/backend-dialer.ts';
import { DEFAULT_BACKEND_POOL_LIMITS, type BackendPoolLimits } from '../../src-main/connector/backend-pools.ts';
import { Forwarder } from '../../src-main/connector/forwarder.ts';
import { BackendGuard } from '../../src-main/connector/policy/backend-guard.ts';
import type { z } from 'zod';
import { allowListSchema, type allowRuleSchema } from '../../src-shared/connector/allow-list.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import type { ConnectorApplication } from '../../src-shared/publishing/connector-configuration.ts';
import {
  decodeResponseHead,
  encodeRequestHead,
  type RequestHead,
  type ResponseHead,
} from '../../src-shared/wire/head.ts';
import { http1Ways } from './http1-ways.ts';
import { KeepingRecorder } from './keeping-recorder.ts';
import { makeMuxPair, type MuxPair } from './mux-pair.ts';
import { findAddresses } from './this-machine.ts';

/** A response as the service's end of the tunnel sees it. */
export interface TunnelResponse {
  readonly head: ResponseHead;
  readonly informational: readonly ResponseHead[];
  readonly body: Buffer;
  readonly trailers: readonly string[];
}

/** What came instead of a response. */
export class StreamReset extends Error {
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** One request through the tunnel, under the test's hand. */
export class TunnelExchange {
  readonly informational: ResponseHead[] = [];
  readonly chunks: Buffer[] = [];
  receivedBytes = 0;
  /** When set, gets each chunk, which isn't kept then. */
  onChunk: ((chunk: Uint8Array) => void) | null = null;
  /** Whether credit is given back for what comes. */
  isReading = true;
  readonly #stream: MuxStream;
  readonly #head = Promise.withResolvers<ResponseHead>();
  readonly #end = Promise.withResolvers<readonly string[]>();
  #writable = Promise.withResolvers<void>();
  #unreadBytes = 0;

  constructor(pair: MuxPair, head: RequestHead, endStream: boolean) {
    this.#head.promise.catch(() => undefined);
    this.#end.promise.catch(() => undefined);
    this.#stream = pair.opener.open(encodeRequestHead(head), endStream, () => ({
      onHead: (block, isInformational) => {
        const response = decodeResponseHead(block);
        if (isInformational) this.informational.push(response);
        else this.#head.resolve(response);
      },
      onTaken: () => undefined,
      onData: (chunk) => this.#onData(chunk),
      onEnd: (trailers) => this.#end.resolve(trailers),
      onReset: (code, message) => {
        const reset = new StreamReset(code, message);
        this.#head.reject(reset);
        this.#end.reject(reset);
      },
      onWritable: () => {
        this.#writable.resolve();
        this.#writable = Promise.withResolvers<void>();
      },
    }));
  }

  get head(): Promise<ResponseHead> {
    return this.#head.promise;
  }

  get ended(): Promise<readonly string[]> {
    return this.#end.promise;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const writable = this.#writable.promise;
    if (!this.#stream.write(chunk)) await writable;
  }

  end(trailers: readonly string[] = []): void {
    this.#stream.end(trailers);
  }

  cancel(): void {
    this.#stream.reset('STREAM_CANCELLED', 'the test went away');
  }

  /** Gives back the credit for all that was held. */
  resumeReading(): void {
    this.isReading = true;
    this.#stream.consumed(this.#unreadBytes);
    this.#unreadBytes = 0;
  }

  async response(): Promise<TunnelResponse> {
    const head = await this.head;
    const trailers = await this.ended;
    return { head, informational: this.informational, body: Buffer.concat(this.chunks), trailers };
  }

  #onData(chunk: Uint8Array): void {
    this.receivedBytes += chunk.length;
    if (this.onChunk === null) this.chunks.push(Buffer.from(chunk));
    else this.onChunk(chunk);
    if (this.isReading) this.#stream.consumed(chunk.length);
    else this.#unreadBytes += chunk.length;
  }
}

/** A forwarder at the connector's end of a real mux pair, and the service's end to ask through. */
export class ForwarderClient {
  readonly forwarder: Forwarder;
  readonly guard: BackendGuard;
  readonly recorder = new KeepingRecorder();
  readonly pair: MuxPair;

  /** @param allowList rules as a file has them */
  constructor(
    applications: readonly ConnectorApplication[],
    limits: Partial<BackendPoolLimits> = {},
    allowList: readonly z.input<typeof allowRuleSchema>[] = [],
    { now = Date.now, find = findAddresses }: { readonly now?: () => number; readonly find?: FindAddresses } = {},
  ) {
    this.guard = new BackendGuard(allowListSchema.parse(allowList), now, find);
    const all = { ...DEFAULT_BACKEND_POOL_LIMITS, http1Client: http1Ways.client, ...limits };
    this.forwarder = new Forwarder(this.recorder, all, new BackendDialer(this.guard, null), () => undefined);
    this.forwarder.configure(applications);
    this.pair = makeMuxPair((stream, block) => this.forwarder.open(stream, block));
  }

  /** Opens a request; the body, if any, is the caller's to write. */
  open(target: string, change: Partial<RequestHead> = {}, endStream = true): TunnelExchange {
    return new TunnelExchange(this.pair, { ...REQUEST_HEAD, target, ...change }, endStream);
  }

  /** Asks, and waits for the whole response. */
  async ask(target: string, change: Partial<RequestHead> = {}, body: string | null = null): Promise<TunnelResponse> {
    const exchange = this.open(target, change, body === null);
    if (body !== null) {
      await exchange.write(Buffer.from(body));
      exchange.end();
    }
    return exchange.response();
  }

  async close(): Promise<void> {
    this.pair.opener.close('TUNNEL_CLOSED', 'the test is over');
    this.pair.acceptor.close('TUNNEL_CLOSED', 'the test is over');
    await this.forwarder.close();
  }
}

const REQUEST_HEAD: RequestHead = {
  method: 'GET',
  target: '/',
  scheme: 'https',
  authority: 'app.example.com',
  applicationId: 'app',
  activityId: '00000000-0000-4000-8000-000000000000',
  remoteAddress: '203.0.113.7',
  userId: 'alice-id',
  userName: 'Alice Ångström',
  isUpgrade: false,
  headers: ['accept', '*/*'],
};

/** A published application with its fields for tests. */
export function makeApplication(change: Partial<ConnectorApplication> = {}): ConnectorApplication {
  return {
    id: 'app',
    displayName: 'Application',
    externalUrl: 'https://app.example.com/',
    internalUrl: 'http://127.0.0.1:1/',
    isTranslateHostHeaderEnabled: true,
    isBackendCertificateValidationEnabled: true,
    applicationServerTimeoutSeconds: 85,
    backendHttpVersion: 'auto',
    webSocketIdleTimeoutSeconds: 0,
    backendTrustedCertificates: '',
    isTranslateLinksInBodyEnabled: false,
    isTranslateLinksInScriptsEnabled: false,
    ...change,
  };
}

/** The values of a header in a flat list, in order. */
export function valuesOf(headers: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === name) values.push(headers[index + 1] ?? '');
  }
  return values;
}
