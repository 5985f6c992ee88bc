import type { Socket } from 'node:net';
import type WebSocket from 'ws';
import type { EngineState } from '../../src-shared/connector/engine-state.ts';
import { PATH_CHECK_HOPS, type PathCheckHop } from '../../src-shared/ipc/window-models.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import { type Language, LOCALES } from '../../src-shared/text/language.ts';
import { makeReason, sayReason } from '../../src-shared/errors/reasons.ts';
import { errorCodeOf } from '../connector/error-codes.ts';
import { certificateReasonFor, describeServiceError } from '../connector/service-errors.ts';
import { basicAuthorization, type ProxyCredentials, type ProxyServer } from '../connector/proxy/proxy-route.ts';
import type { Fetch } from './net-errors.ts';
import {
  connectBySocks,
  connectThrough,
  dial,
  echo,
  type Endpoint,
  openTunnel,
  resolveHost,
  secure,
  UntrustedCertificate,
} from './path-dial.ts';
import { type ProbedService, probeService } from './service-probe.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { tellError } from './spoken-error.ts';

export interface PathCheckOptions {
  readonly serviceUrl: string;
  readonly fetch: Fetch;
  /** What the system would use for the service, as `Session.resolveProxy` says it (`DIRECT`, `PROXY host:port`). */
  readonly resolveProxy: (url: string) => Promise<string>;
  /** What the proxy is told of who this machine is; null or nobody for nothing. */
  readonly proxyCredentials?: () => ProxyCredentials | null;
  /**
   * Asks the admin API something small, and says what the sign-in permits; rejects where that is nothing. Null where nobody is
   * signed in.
   */
  readonly probeSignIn: (() => Promise<string>) | null;
  /** When a connector of this machine last answered a probe of the service, ms since the epoch; null where none did. */
  readonly canaryAtMs: () => number | null;
  readonly onHop: (hop: PathCheckHop) => void;
  readonly language: Language;
  /** Ends the check: the hop that runs and those behind it are told as skipped. */
  readonly signal: AbortSignal;
}

/** Certificates and proofs are valid for minutes; a clock further off breaks them. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000;
/** A probe of the service is worth mentioning this long. */
const CANARY_FRESH_MS = 60_000;

interface Proxy extends Endpoint {
  readonly scheme: ProxyServer['scheme'];
}

type Finding = { readonly detail: string } | { readonly skipped: string };

/**
 * Goes the way to the service hop by hop and says at each what it found, in the person's language. A failed hop ends the
 * way: the rest is reported as skipped. Never rejects.
 */
export async function checkPath(options: PathCheckOptions): Promise<PathCheckHop[]> {
  const text = CATALOGUES[options.language].pathCheck;
  const walk = new Walk(options);
  const hops: PathCheckHop[] = [];
  let hasFailed = false;
  for (const hop of PATH_CHECK_HOPS) {
    const found: PathCheckHop = options.signal.aborted
      ? skipped(hop, text.stopped)
      : hasFailed
        ? skipped(hop, text.notTried)
        : await runHop(hop, walk, options);
    hasFailed ||= found.outcome === 'failed';
    hops.push(found);
    options.onHop(found);
  }
  walk.close();
  return hops;
}

/** When a tunnel of this machine last answered a probe of the service, ms since the epoch; null where none has. */
export function lastCanaryAtMs(engine: EngineState | null): number | null {
  const known = (engine?.tunnels ?? []).map(({ canaryAtMs }) => canaryAtMs).filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

async function runHop(
  hop: PathCheckHop['hop'],
  walk: Walk,
  { language, signal }: PathCheckOptions,
): Promise<PathCheckHop> {
  const { pathCheck: text } = CATALOGUES[language];
  try {
    const finding = await walk[hop]();
    if ('skipped' in finding) return skipped(hop, finding.skipped);
    return { hop, outcome: 'passed', detail: finding.detail, remedy: null };
  } catch (error) {
    if (signal.aborted) return skipped(hop, text.stopped);
    const detail = describe(error, walk.nameAt(hop), language);
    return { hop, outcome: 'failed', detail, remedy: text.remedy[hop] };
  }
}

const NO_WAY = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);

/**
 * In plain words what the system said, by which the web is searched, behind them.
 * @param name of who was spoken to
 */
function describe(error: unknown, name: string, language: Language): string {
  const { pathCheck: text, reasons } = CATALOGUES[language];
  if (error instanceof PosternError) return tellError(error, language);
  const code = errorCodeOf(error);
  if (error instanceof UntrustedCertificate) {
    const verdict = sayReason(makeReason(certificateReasonFor(code), { host: name, code }), reasons);
    return `${verdict} ${text.shown(error.issuer, formatDate(error.validUntilMs, language))}`;
  }
  const words = error instanceof Error && error.message !== '' ? error.message : String(error);
  if (code === 'ECONNREFUSED') return text.refused(words);
  if (NO_WAY.has(code)) return text.noWay(words);
  // What has no code was said by a hop itself.
  return code === '' ? words : tellError(describeServiceError(error, name), language);
}

function formatDate(ms: number, language: Language): string {
  return new Date(ms).toLocaleDateString(LOCALES[language], { dateStyle: 'medium' });
}

function skipped(hop: PathCheckHop['hop'], detail: string): PathCheckHop {
  return { hop, outcome: 'skipped', detail, remedy: null };
}

/** What one hop needs of those before it. */
class Walk implements Record<PathCheckHop['hop'], () => Promise<Finding>> {
  readonly #options: PathCheckOptions;
  readonly #text;
  readonly #service: URL;
  readonly #target: Endpoint;
  #proxy: Proxy | null = null;
  #addresses: readonly string[] = [];
  #probed: ProbedService | null = null;
  #webSocket: WebSocket | null = null;

  constructor(options: PathCheckOptions) {
    this.#options = options;
    this.#text = CATALOGUES[options.language].pathCheck;
    const url = new URL(options.serviceUrl);
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    this.#service = url;
    this.#target = { host: url.hostname.replace(/^\[|\]$/g, ''), port };
  }

  /** Who is spoken to at a hop. */
  nameAt(hop: PathCheckHop['hop']): string {
    return nameOf(hop === 'proxy' ? (this.#proxy ?? this.#target) : this.#target);
  }

  async proxy(): Promise<Finding> {
    this.#proxy = parseProxy(await this.#options.resolveProxy(this.#service.href));
    if (this.#proxy === null) return { skipped: this.#text.noProxy };
    const elapsed = stopwatch();
    const socket = await this.#connect();
    socket.destroy();
    return { detail: this.#text.proxyOpen(nameOf(this.#proxy), elapsed()) };
  }

  async resolve(): Promise<Finding> {
    if (this.#proxy !== null) return { skipped: this.#text.atProxy };
    this.#addresses = await resolveHost(this.#target.host);
    return { detail: this.#text.resolved(this.#target.host, this.#addresses.join(', ')) };
  }

  async connect(): Promise<Finding> {
    if (this.#proxy !== null) return { skipped: this.#text.atProxy };
    const elapsed = stopwatch();
    const socket = await this.#connect();
    socket.destroy();
    return { detail: this.#text.portOpen(this.#target.port, elapsed()) };
  }

  async tls(): Promise<Finding> {
    if (this.#service.protocol !== 'https:') return { skipped: this.#text.plainHttp };
    const { language, signal } = this.#options;
    const { host } = this.#target;
    const { socket, protocol, issuer, validUntilMs } = await secure(await this.#connect(), host, this.#text, signal);
    socket.destroy();
    return { detail: this.#text.issuedBy(protocol, issuer, formatDate(validUntilMs, language)) };
  }

  async service(): Promise<Finding> {
    this.#probed = await probeService(this.#options.fetch, this.#options.serviceUrl);
    const { description, roundTripMs } = this.#probed;
    return { detail: this.#text.serviceIs(description.displayName, description.version, Math.round(roundTripMs)) };
  }

  async clock(): Promise<Finding> {
    const serviceTimeMs = this.#probed?.serviceTimeMs ?? null;
    if (serviceTimeMs === null) return { skipped: this.#text.noTime };
    const differenceMs = Math.abs(Date.now() - serviceTimeMs);
    const seconds = Math.round(differenceMs / 1000);
    if (differenceMs > MAX_CLOCK_DIFFERENCE_MS) throw new Error(this.#text.wrongClock(seconds));
    return { detail: differenceMs < 2000 ? this.#text.inStep : this.#text.apart(seconds) };
  }

  async signIn(): Promise<Finding> {
    const { probeSignIn } = this.#options;
    return probeSignIn === null ? { skipped: this.#text.nobody } : { detail: await probeSignIn() };
  }

  async tunnel(): Promise<Finding> {
    const { serviceUrl, signal } = this.#options;
    const elapsed = stopwatch();
    const plain = await this.#connect();
    const connection =
      this.#service.protocol === 'https:' ? (await secure(plain, this.#target.host, this.#text, signal)).socket : plain;
    this.#webSocket = await openTunnel(serviceUrl, connection, this.#text, signal);
    return { detail: this.#text.tunnelOpen(elapsed()) };
  }

  async canary(): Promise<Finding> {
    const { canaryAtMs, language, signal } = this.#options;
    const atMs = canaryAtMs();
    if (atMs !== null && Date.now() - atMs < CANARY_FRESH_MS) {
      return { detail: this.#text.probedAt(new Date(atMs).toLocaleTimeString(LOCALES[language])) };
    }
    const elapsed = stopwatch();
    if (this.#webSocket === null) return { skipped: this.#text.notTried };
    await echo(this.#webSocket, this.#text, signal);
    return { detail: this.#text.echoed(elapsed()) };
  }

  close(): void {
    this.#webSocket?.on('error', () => undefined);
    this.#webSocket?.terminate();
  }

  /** A connection to the service, by itself or through the proxy; not yet secure. */
  async #connect(): Promise<Socket> {
    const { signal } = this.#options;
    if (this.#proxy === null) return dial(this.#addresses, this.#target.port, this.#text, signal);
    const { host, port, scheme } = this.#proxy;
    const plain = await dial(await resolveHost(host), port, this.#text, signal);
    const name = nameOf(this.#proxy);
    const credentials = this.#options.proxyCredentials?.() ?? null;
    if (scheme === 'socks5') {
      await connectBySocks(plain, { scheme, hostname: host, port, credentials }, this.#target, this.#text, signal);
      return plain;
    }
    const socket = scheme === 'https' ? (await secure(plain, host, this.#text, signal)).socket : plain;
    const passage = { name, authorization: credentials === null ? null : basicAuthorization(credentials) };
    await connectThrough(socket, passage, this.#target, this.#text, signal);
    return socket;
  }
}

/** What comes first of the rules: a proxy, null for none. */
function parseProxy(rules: string): Proxy | null {
  const found = /^(PROXY|HTTPS?|SOCKS5?)\s+(.+):(\d+)$/i.exec(rules.split(';')[0]?.trim() ?? '');
  if (found === null) return null;
  const [, kind = '', host = '', port] = found;
  const scheme = /^socks/i.test(kind) ? 'socks5' : /^https$/i.test(kind) ? 'https' : 'http';
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), scheme };
}

function nameOf({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}

/** Milliseconds since it was made, at least one. */
function stopwatch(): () => number {
  const beganAtMs = performance.now();
  return () => Math.max(1, Math.round(performance.now() - beganAtMs));
}
