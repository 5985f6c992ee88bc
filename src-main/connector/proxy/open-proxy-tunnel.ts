import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { reasonOf } from '../../../src-shared/errors/reason-of.ts';
import { makeReason } from '../../../src-shared/errors/reasons.ts';
import { errorCodeOf, isCertificateError } from '../error-codes.ts';
import { type FindAddresses, lookupWith } from '../loopback-lookup.ts';
import { established } from '../socket-phases.ts';
import { trustedCertificates } from '../trusted-certificates.ts';
import { within } from '../until-aborted.ts';
import { basicAuthorization, nameOfProxy, type ProxyServer } from './proxy-route.ts';
import { shakeHandsBySocks } from './socks-handshake.ts';

/** What an answer to CONNECT may have before its empty line. */
const MAX_HEAD_BYTES = 16_384;
const END_OF_HEAD = '\r\n\r\n';

export interface ProxyTunnelOptions {
  readonly server: ProxyServer;
  /** Where the proxy is to connect to; a host without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For the connection to the proxy, and again for its answer, ms. */
  readonly connectMs: number;
  readonly answerMs: number;
  /** Authorities trusted beside those of this machine, PEM. */
  readonly extraCertificates: readonly string[];
  /** Of the proxy itself. */
  readonly findAddresses: FindAddresses;
  readonly signal: AbortSignal;
}

/**
 * Has a proxy open a connection: by CONNECT (RFC 9110 section 9.3.6), with Basic where credentials are given (RFC 7617), or by SOCKS5.
 * @throws PosternError `PROXY_UNREACHABLE`, `PROXY_AUTHENTICATION`, `PROXY_REFUSED`; the signal's reason when it fires
 */
export async function openProxyTunnel(options: ProxyTunnelOptions): Promise<Socket> {
  const { server, hostname, port, answerMs, signal } = options;
  const name = nameOfProxy(server);
  const socket = await connectToProxy(options);
  try {
    const opening =
      server.scheme === 'socks5'
        ? shakeHandsBySocks(socket, server, hostname, port)
        : askToConnect(socket, server, `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`);
    await within(opening, answerMs, signal, () => {
      const reason = makeReason('proxyLate', { proxy: name, seconds: answerMs / 1000 });
      return new PosternError('PROXY_UNREACHABLE', { reason });
    });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    if (signal.aborted) throw signal.reason;
    throw describe(error, server);
  }
}

async function askToConnect(socket: Socket, server: ProxyServer, authority: string): Promise<void> {
  socket.write(connectRequest(authority, server));
  const refusal = findRefusal(await readHead(socket, nameOfProxy(server)), authority, server);
  if (refusal !== null) throw refusal;
}

async function connectToProxy(options: ProxyTunnelOptions): Promise<Socket> {
  const { server, connectMs, extraCertificates, findAddresses, signal } = options;
  const { hostname, port, scheme } = server;
  const isSecure = scheme === 'https';
  const late = (): Error =>
    new PosternError('PROXY_UNREACHABLE', {
      reason: makeReason('proxyNotAccepting', { proxy: nameOfProxy(server), seconds: connectMs / 1000 }),
    });
  const address = { host: hostname, port, lookup: lookupWith(findAddresses), autoSelectFamily: true };
  const socket = isSecure
    ? connectTls({
        ...address,
        ca: trustedCertificates(extraCertificates),
        ALPNProtocols: ['http/1.1'],
        ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
      })
    : connectTcp(address);
  socket.setNoDelay(true);
  try {
    await established(socket, isSecure ? 'secureConnect' : 'connect', connectMs, signal, late);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw describe(error, server);
  }
  return socket;
}

function connectRequest(authority: string, { credentials }: ProxyServer): string {
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (credentials !== null) lines.push(`Proxy-Authorization: ${basicAuthorization(credentials)}`);
  return lines.join('\r\n') + END_OF_HEAD;
}

/** The head of the answer. What came behind it goes back to the socket, which is left as nobody had read from it. */
function readHead(socket: Socket, proxy: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onReadable = (): void => {
      for (let chunk: unknown = socket.read(); chunk !== null; chunk = socket.read()) {
        text += (chunk as Buffer).toString('latin1');
        const end = text.indexOf(END_OF_HEAD);
        if (end !== -1) {
          stop();
          const rest = text.slice(end + END_OF_HEAD.length);
          if (rest !== '') socket.unshift(Buffer.from(rest, 'latin1'));
          resolve(text.slice(0, end));
          return;
        }
      }
      if (text.length <= MAX_HEAD_BYTES) return;
      stop();
      reject(new PosternError('PROXY_REFUSED', { reason: makeReason('proxyAnswerUnreadable', { proxy }) }));
    };
    const onError = (error: Error): void => {
      stop();
      reject(error);
    };
    const onEnd = (): void =>
      onError(new PosternError('PROXY_UNREACHABLE', { reason: makeReason('proxyClosed', { proxy }) }));
    const stop = (): void => {
      socket.off('readable', onReadable);
      socket.off('error', onError);
      socket.off('end', onEnd);
    };
    socket.on('readable', onReadable);
    socket.once('error', onError);
    socket.once('end', onEnd);
  });
}

function findRefusal(head: string, authority: string, server: ProxyServer): PosternError | null {
  const name = nameOfProxy(server);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.\d (\d{3})(?: (.*))?$/.exec(statusLine);
  if (status === null) {
    return new PosternError('PROXY_REFUSED', { reason: makeReason('proxyNotHttp', { proxy: name }) });
  }
  const code = Number(status[1]);
  if (code >= 200 && code < 300) return null;
  if (code === 407) return findAuthenticationProblem(lines, server);
  const words = status[2] === undefined || status[2].trim() === '' ? '' : ` (${status[2].trim().slice(0, 80)})`;
  const reason = makeReason('proxyRefused', { proxy: name, target: authority, status: `${code}${words}` });
  return new PosternError('PROXY_REFUSED', { reason });
}

function findAuthenticationProblem(lines: readonly string[], server: ProxyServer): PosternError {
  const name = nameOfProxy(server);
  const schemes = lines
    .map((line) => /^proxy-authenticate:\s*([\w-]+)/i.exec(line)?.[1])
    .filter((scheme) => scheme !== undefined);
  const hasBasic = schemes.some((scheme) => scheme.toLowerCase() === 'basic');
  const reason = hasBasic
    ? makeReason(server.credentials === null ? 'proxyWantsPassword' : 'proxyPasswordWrong', { proxy: name })
    : schemes.length === 0
      ? makeReason('proxyWantsUnnamed', { proxy: name })
      : makeReason('proxyWantsOther', { proxy: name, schemes: schemes.join(', ') });
  return new PosternError('PROXY_AUTHENTICATION', { reason });
}

function describe(error: unknown, server: ProxyServer): PosternError {
  if (error instanceof PosternError) return error;
  const code = errorCodeOf(error);
  const key = isCertificateError(code)
    ? 'proxyCertificate'
    : code === 'ECONNREFUSED'
      ? 'proxyRefusesConnection'
      : 'proxyUnreachable';
  const reason = makeReason(key, { proxy: nameOfProxy(server), code: code === '' ? reasonOf(error) : code });
  return new PosternError('PROXY_UNREACHABLE', { reason, cause: error });
}
