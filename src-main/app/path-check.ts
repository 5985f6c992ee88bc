import dns from 'node:dns/promises';
import net from 'node:net';
import tls from 'node:tls';
import WebSocket from 'ws';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { PathCheckHop } from '../../src-shared/ipc/window-models.ts';
import { loopbackLookup } from '../connector/loopback-lookup.ts';
import { TUNNEL_PATH, TUNNEL_SUBPROTOCOL } from '../../src-shared/wire/frame.ts';
import { isLoopbackHost } from './external-links.ts';
import type { Fetch } from './net-errors.ts';
import { type ProbedService, probeService } from './service-probe.ts';

export interface PathCheckOptions {
  readonly serviceUrl: string;
  readonly fetch: Fetch;
  /** What the system would use for the service, as `Session.resolveProxy` says it (`DIRECT`, `PROXY host:port`). */
  readonly resolveProxy: (url: string) => Promise<string>;
  /** Asks the admin API something small; rejects where the sign-in does not permit it. Null where nobody is signed in. */
  readonly probeSignIn: (() => Promise<string>) | null;
  readonly onHop: (hop: PathCheckHop) => void;
}

const CONNECT_DEADLINE_MS = 10_000;
/** Certificates and proofs are valid for minutes; a clock further off breaks them. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000;

type Finding = { readonly detail: string } | { readonly skipped: string };

/**
 * Goes the way to the service hop by hop and says at each what it found. A failed hop ends the way: the rest is
 * reported as skipped.
 */
export async function checkPath(options: PathCheckOptions): Promise<PathCheckHop[]> {
  const service = new URL(options.serviceUrl);
  const target = await findFirstTarget(service, options.resolveProxy);
  let addresses: readonly string[] = [];
  let probed: ProbedService | null = null;
  const steps: readonly (readonly [PathCheckHop['hop'], () => Promise<Finding>, string])[] = [
    [
      'resolve',
      async () => {
        addresses = await resolve(target.hostname);
        return { detail: `${target.hostname} is ${addresses.join(', ')}` };
      },
      'Check the name, and the DNS servers of this machine.',
    ],
    [
      'connect',
      async () => ({ detail: await connect(addresses, target.port, target.isProxy) }),
      'Let this machine out to that address and port in the firewall.',
    ],
    [
      'tls',
      async () =>
        service.protocol === 'https:' && !target.isProxy
          ? { detail: await inspectTls(addresses, target.port, service.hostname) }
          : { skipped: target.isProxy ? 'Inside the outbound proxy' : 'The service is on plain http' },
      'Have the certificate put right, or add its authority to the trust store of this machine.',
    ],
    [
      'service',
      async () => {
        probed = await probeService(options.fetch, options.serviceUrl);
        return {
          detail: `${probed.description.displayName} ${probed.description.version}, ${Math.round(probed.roundTripMs)} ms`,
        };
      },
      'Check that the service runs and that this is its address.',
    ],
    ['clock', async () => compareClocks(probed), 'Set the clock of this machine; let it follow a time server.'],
    [
      'signIn',
      async () =>
        options.probeSignIn === null ? { skipped: 'Nobody is signed in' } : { detail: await options.probeSignIn() },
      'Sign in with an account that has the role Application.Administrator.',
    ],
    [
      'tunnel',
      async () => ({ detail: await openTunnel(options.serviceUrl) }),
      'Let WebSocket connections to the service through the firewall or proxy.',
    ],
  ];
  const hops: PathCheckHop[] = [];
  let hasFailed = false;
  for (const [name, run, remedy] of steps) {
    const hop: PathCheckHop = hasFailed
      ? skipped(name, 'Not tried: an earlier hop failed')
      : await runHop(name, run, remedy);
    hasFailed ||= hop.outcome === 'failed';
    hops.push(hop);
    options.onHop(hop);
  }
  return hops;
}

async function runHop(name: PathCheckHop['hop'], run: () => Promise<Finding>, remedy: string): Promise<PathCheckHop> {
  try {
    const finding = await run();
    if ('skipped' in finding) return skipped(name, finding.skipped);
    return { hop: name, outcome: 'passed', detail: finding.detail, remedy: null };
  } catch (error) {
    return { hop: name, outcome: 'failed', detail: error instanceof Error ? error.message : String(error), remedy };
  }
}

function skipped(hop: PathCheckHop['hop'], detail: string): PathCheckHop {
  return { hop, outcome: 'skipped', detail, remedy: null };
}

async function findFirstTarget(
  service: URL,
  resolveProxy: (url: string) => Promise<string>,
): Promise<{ hostname: string; port: number; isProxy: boolean }> {
  const rule = (await resolveProxy(service.href)).split(';')[0]?.trim() ?? 'DIRECT';
  const proxy = /^(?:PROXY|HTTPS?)\s+(.+):(\d+)$/i.exec(rule);
  if (proxy !== null) return { hostname: proxy[1] ?? '', port: Number(proxy[2]), isProxy: true };
  const port = service.port === '' ? (service.protocol === 'https:' ? 443 : 80) : Number(service.port);
  return { hostname: service.hostname, port, isProxy: false };
}

async function resolve(hostname: string): Promise<readonly string[]> {
  if (net.isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return [hostname.replace(/^\[|\]$/g, '')];
  if (isLoopbackHost(hostname)) return ['127.0.0.1'];
  try {
    const found = await dns.lookup(hostname, { all: true });
    return found.map((entry) => entry.address);
  } catch (cause) {
    throw new PosternError('SERVICE_UNRESOLVED', { message: `No machine with the name ${hostname} was found.`, cause });
  }
}

async function connect(addresses: readonly string[], port: number, isProxy: boolean): Promise<string> {
  const beganAtMs = performance.now();
  const socket = net.connect({ host: addresses[0] ?? '', port, timeout: CONNECT_DEADLINE_MS });
  await opened(socket, 'connect');
  socket.destroy();
  const durationMs = Math.max(1, Math.round(performance.now() - beganAtMs));
  return `${isProxy ? 'Outbound proxy, port' : 'Port'} ${port} open, ${durationMs} ms`;
}

async function inspectTls(addresses: readonly string[], port: number, servername: string): Promise<string> {
  const socket = tls.connect({ host: addresses[0] ?? '', port, servername, timeout: CONNECT_DEADLINE_MS });
  await opened(socket, 'secureConnect');
  const { O: organisation, CN: name } = socket.getPeerCertificate().issuer;
  const protocol = socket.getProtocol() ?? 'TLS';
  socket.destroy();
  return `${protocol}, certificate issued by ${[organisation ?? name ?? 'an unnamed authority'].flat().join(', ')}`;
}

function opened(socket: net.Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('timeout', () => {
      socket.destroy();
      reject(new Error(`No answer within ${CONNECT_DEADLINE_MS / 1000} s.`));
    });
  });
}

function compareClocks(probed: ProbedService | null): Finding {
  const serviceTimeMs = probed?.serviceTimeMs ?? null;
  if (serviceTimeMs === null) return { skipped: 'The service did not say its time' };
  const differenceMs = Math.abs(Date.now() - serviceTimeMs);
  const text = `${Math.round(differenceMs / 1000)} s apart from the service`;
  if (differenceMs > MAX_CLOCK_DIFFERENCE_MS) throw new Error(`The clock of this machine is ${text}.`);
  return { detail: differenceMs < 2000 ? 'In step with the service' : text };
}

/** Opens the tunnel's WebSocket and closes it at the service's first word: proof that nothing on the way stops it. */
async function openTunnel(serviceUrl: string): Promise<string> {
  const url = new URL(TUNNEL_PATH, serviceUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const beganAtMs = performance.now();
  const socket = new WebSocket(url, TUNNEL_SUBPROTOCOL, {
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_DEADLINE_MS,
    lookup: loopbackLookup,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('message', () => resolve());
      socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`The service answered the WebSocket upgrade with status ${response.statusCode}.`));
      });
      socket.once('close', () => reject(new Error('The WebSocket closed before the service spoke.')));
      socket.once('error', reject);
    });
  } finally {
    socket.on('error', () => undefined);
    socket.terminate();
  }
  return `WebSocket open, ${Math.max(1, Math.round(performance.now() - beganAtMs))} ms`;
}
