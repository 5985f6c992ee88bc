import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { makeReason, type Reason } from '../../src-shared/errors/reasons.ts';
import { type FindAddresses, lookupWith } from './loopback-lookup.ts';
import { openProxyTunnel } from './proxy/open-proxy-tunnel.ts';
import type { FindRoutes, ProxyServer } from './proxy/proxy-route.ts';
import { describeServiceError } from './service-errors.ts';
import { established } from './socket-phases.ts';
import { trustedCertificates } from './trusted-certificates.ts';
import { within } from './until-aborted.ts';

/** How long each phase of a dial may take, ms. */
export interface DialDeadlines {
  readonly dnsMs: number;
  readonly tcpMs: number;
  /** What a proxy takes to open its connection. */
  readonly proxyMs: number;
  readonly tlsMs: number;
  readonly upgradeMs: number;
  /** From the open WebSocket to WELCOME. */
  readonly helloMs: number;
}

export const DEFAULT_DIAL_DEADLINES: DialDeadlines = {
  dnsMs: 5000,
  tcpMs: 10_000,
  proxyMs: 20_000,
  tlsMs: 10_000,
  upgradeMs: 10_000,
  helloMs: 5000,
};

export interface ServiceSocketOptions {
  /** Where the service is: `http:`, `https:`, `ws:` or `wss:`. */
  readonly url: URL;
  readonly deadlines: DialDeadlines;
  /** Authorities trusted beside those of this machine, PEM. */
  readonly extraCertificates: readonly string[];
  /** By which ways the service may be reached: each is tried until one leads out of this network. */
  readonly findRoutes: FindRoutes;
  readonly findAddresses: FindAddresses;
  readonly signal: AbortSignal;
}

/**
 * Opens a connection to the service, through a proxy where one is to be used, and through TLS where its scheme asks for it.
 * Each phase has its own deadline, so that the error says which one hung.
 * @throws PosternError `SERVICE_UNRESOLVED`, `SERVICE_UNREACHABLE`, `SERVICE_CERTIFICATE`, `SERVICE_NOT_POSTERN` or
 * `PROXY_…`; the signal's reason when it fires.
 */
export async function openServiceSocket(options: ServiceSocketOptions): Promise<Socket> {
  const { url, deadlines, signal } = options;
  const isSecure = url.protocol === 'wss:' || url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  try {
    const plain = await openPlain(options, hostname, port);
    if (!isSecure) return plain;
    const secure = connectTls({
      socket: plain,
      ca: trustedCertificates(options.extraCertificates),
      ALPNProtocols: ['http/1.1'],
      ...(isIP(hostname) === 0 ? { servername: hostname } : { host: hostname }),
    });
    await established(secure, 'secureConnect', deadlines.tlsMs, signal, () =>
      unreachable(makeReason('serviceTlsLate', { host: url.host, seconds: deadlines.tlsMs / 1000 })),
    );
    return secure;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw describeServiceError(error, url.host);
  }
}

/** By the first way that can be gone; a proxy that can't be reached makes way for the next. */
async function openPlain(options: ServiceSocketOptions, hostname: string, port: number): Promise<Socket> {
  const { url, findRoutes, signal, deadlines } = options;
  const routes = await within(findRoutes(url), deadlines.dnsMs, signal, () =>
    unreachable(makeReason('routesLate', { host: url.host, seconds: deadlines.dnsMs / 1000 })),
  );
  let trouble: unknown = new PosternError('PROXY_UNREACHABLE', {
    reason: makeReason('routesNone', { host: url.host }),
  });
  for (const route of routes) {
    try {
      return route === 'direct'
        ? await openDirect(options, hostname, port)
        : await openProxied(options, route, hostname, port);
    } catch (error) {
      if (signal.aborted || !(error instanceof PosternError) || error.code !== 'PROXY_UNREACHABLE') throw error;
      trouble = error;
    }
  }
  throw trouble;
}

function openProxied(
  { deadlines, extraCertificates, findAddresses, signal }: ServiceSocketOptions,
  server: ProxyServer,
  hostname: string,
  port: number,
): Promise<Socket> {
  const { tcpMs: connectMs, proxyMs: answerMs } = deadlines;
  const ways = { extraCertificates, findAddresses };
  return openProxyTunnel({ server, hostname, port, connectMs, answerMs, ...ways, signal });
}

async function openDirect(
  { url, deadlines, findAddresses, signal }: ServiceSocketOptions,
  hostname: string,
  port: number,
): Promise<Socket> {
  const family = isIP(hostname);
  const found = family === 0 ? findAddresses(hostname) : Promise.resolve([{ address: hostname, family }]);
  const addresses = await within(found, deadlines.dnsMs, signal, () => {
    const reason = makeReason('serviceNameLate', { host: hostname, seconds: deadlines.dnsMs / 1000 });
    return new PosternError('SERVICE_UNRESOLVED', { reason });
  });
  const plain = connectTcp({ host: hostname, port, lookup: lookupWith(async () => addresses), autoSelectFamily: true });
  plain.setNoDelay(true);
  await established(plain, 'connect', deadlines.tcpMs, signal, () =>
    unreachable(makeReason('serviceNotAccepting', { host: url.host, seconds: deadlines.tcpMs / 1000 })),
  );
  return plain;
}

function unreachable(reason: Reason): PosternError {
  return new PosternError('SERVICE_UNREACHABLE', { reason });
}
