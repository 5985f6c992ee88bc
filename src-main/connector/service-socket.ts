import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { isLoopbackName, LOOPBACK_ADDRESSES } from './loopback-lookup.ts';
import { describeServiceError } from './service-errors.ts';
import { trustedCertificates } from './trusted-certificates.ts';

/** How long each phase of a dial may take, ms. */
export interface DialDeadlines {
  readonly dnsMs: number;
  readonly tcpMs: number;
  readonly tlsMs: number;
  readonly upgradeMs: number;
  /** From the open WebSocket to WELCOME. */
  readonly helloMs: number;
}

export const DEFAULT_DIAL_DEADLINES: DialDeadlines = {
  dnsMs: 5000,
  tcpMs: 10_000,
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
  readonly signal: AbortSignal;
}

/**
 * Opens a connection to the service, through TLS where its scheme asks for it. Each phase has its own deadline, so that
 * the error says which one hung.
 * @throws PosternError `SERVICE_UNRESOLVED`, `SERVICE_UNREACHABLE`, `SERVICE_CERTIFICATE` or `SERVICE_NOT_POSTERN`; the
 * signal's reason when it fires.
 */
export async function openServiceSocket(options: ServiceSocketOptions): Promise<Socket> {
  const { url, deadlines, signal } = options;
  const isSecure = url.protocol === 'wss:' || url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  try {
    const addresses = await within(resolve(hostname), deadlines.dnsMs, signal, () =>
      unresolved(`The name server did not answer for ${hostname} within ${deadlines.dnsMs / 1000} s.`),
    );
    const plain = connectTcp({ host: hostname, port, lookup: lookupFrom(addresses), autoSelectFamily: true });
    plain.setNoDelay(true);
    await established(plain, 'connect', deadlines.tcpMs, signal, `${url.host} did not accept a connection`);
    if (!isSecure) return plain;
    const secure = connectTls({
      socket: plain,
      ca: trustedCertificates(options.extraCertificates),
      ALPNProtocols: ['http/1.1'],
      ...(isIP(hostname) === 0 ? { servername: hostname } : { host: hostname }),
    });
    await established(secure, 'secureConnect', deadlines.tlsMs, signal, `${url.host} did not finish the TLS handshake`);
    return secure;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw describeServiceError(error, url.host);
  }
}

async function resolve(hostname: string): Promise<readonly LookupAddress[]> {
  if (isLoopbackName(hostname)) return LOOPBACK_ADDRESSES;
  return systemLookup(hostname, { all: true });
}

function lookupFrom(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

/** Waits until `socket` emits `event`; destroys it on an error, the deadline, or the signal. */
async function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  deadlineMs: number,
  signal: AbortSignal,
  trouble: string,
): Promise<void> {
  const { promise, resolve: succeed, reject } = Promise.withResolvers<void>();
  socket.once(event, succeed);
  socket.once('error', reject);
  try {
    await within(
      promise,
      deadlineMs,
      signal,
      () => new PosternError('SERVICE_UNREACHABLE', { message: `${trouble} within ${deadlineMs / 1000} s.` }),
    );
  } catch (error) {
    // The socket may fail again while it is torn down; nobody waits for that.
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  } finally {
    socket.off(event, succeed);
    socket.off('error', reject);
  }
}

/** The promise, or the error that `late` makes after `deadlineMs`, or the signal's reason. */
async function within<Value>(
  promise: Promise<Value>,
  deadlineMs: number,
  signal: AbortSignal,
  late: () => PosternError,
): Promise<Value> {
  signal.throwIfAborted();
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), deadlineMs);
  const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, interrupted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function unresolved(message: string): PosternError {
  return new PosternError('SERVICE_UNRESOLVED', { message });
}
