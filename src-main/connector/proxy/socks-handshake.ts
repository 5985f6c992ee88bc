import { isIP, isIPv4, type Socket } from 'node:net';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { makeReason } from '../../../src-shared/errors/reasons.ts';
import { nameOfProxy, type ProxyCredentials, type ProxyServer } from './proxy-route.ts';

const VERSION = 5;
const NO_SIGN_IN = 0;
const PASSWORD = 2;
const NONE_OF_THESE = 0xff;
const PASSWORD_VERSION = 1;
const CONNECT = 1;
const ADDRESS_TYPES = { ipv4: 1, name: 3, ipv6: 4 } as const;
const PORT_BYTES = 2;
/** A name, a user name and a password each have one octet for their length. */
const MAX_FIELD_BYTES = 255;
/** RFC 1928, section 6. */
const REPLIES = {
  1: 'socksFailed',
  2: 'socksForbidden',
  3: 'socksNoNetwork',
  4: 'socksNoHost',
  5: 'socksConnectionRefused',
  6: 'socksTooFar',
  7: 'socksCommandUnknown',
  8: 'socksAddressUnknown',
} as const;

/**
 * Has a SOCKS5 proxy open a connection (RFC 1928), with user name and password where it wants them (RFC 1929). The proxy resolves the
 * name. Reads no octet of what comes behind.
 * @param hostname without brackets
 * @throws PosternError `PROXY_AUTHENTICATION`, `PROXY_REFUSED`, `PROXY_UNREACHABLE`; the socket's own error
 */
export async function shakeHandsBySocks(
  socket: Socket,
  server: ProxyServer,
  hostname: string,
  port: number,
): Promise<void> {
  const name = nameOfProxy(server);
  const { credentials } = server;
  const methods = credentials === null ? [NO_SIGN_IN] : [NO_SIGN_IN, PASSWORD];
  socket.write(Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method] = await readExactly(socket, 2, name);
  if (version !== VERSION) throw notSocks(name);
  if (method === PASSWORD && credentials !== null) await signIn(socket, credentials, name);
  else if (method !== NO_SIGN_IN) throw findSignInProblem(method ?? NONE_OF_THESE, credentials, name);
  socket.write(Uint8Array.of(VERSION, CONNECT, 0, ...addressOctets(hostname), port >> 8, port & 0xff));
  const [answerVersion, reply = 0, , addressType] = await readExactly(socket, 4, name);
  if (answerVersion !== VERSION) throw notSocks(name);
  if (reply !== 0) {
    const answer = { proxy: name, target: `${hostname}:${port}` };
    const reason = isKnownReply(reply)
      ? makeReason(REPLIES[reply], answer)
      : makeReason('proxyRefused', { ...answer, status: reply });
    throw new PosternError('PROXY_REFUSED', { reason });
  }
  // Where it connects from; of no use here.
  await readExactly(socket, (await boundAddressBytes(socket, addressType, name)) + PORT_BYTES, name);
}

async function signIn(socket: Socket, { userName, password }: ProxyCredentials, name: string): Promise<void> {
  const [user, secret] = [Buffer.from(userName), Buffer.from(password)];
  if (user.length > MAX_FIELD_BYTES || secret.length > MAX_FIELD_BYTES) {
    throw new PosternError('PROXY_AUTHENTICATION', {
      reason: makeReason('socksPasswordTooLong', { proxy: name, most: MAX_FIELD_BYTES }),
    });
  }
  socket.write(
    Buffer.concat([Uint8Array.of(PASSWORD_VERSION, user.length), user, Uint8Array.of(secret.length), secret]),
  );
  const [, status] = await readExactly(socket, 2, name);
  if (status !== 0) {
    throw new PosternError('PROXY_AUTHENTICATION', {
      reason: makeReason('proxyPasswordWrong', { proxy: name }),
    });
  }
}

function findSignInProblem(method: number, credentials: ProxyCredentials | null, name: string): PosternError {
  const reason =
    method === NONE_OF_THESE
      ? makeReason(credentials === null ? 'proxyWantsPassword' : 'socksWantsGssapi', { proxy: name })
      : makeReason('socksWantsMethod', { proxy: name, method });
  return new PosternError('PROXY_AUTHENTICATION', { reason });
}

function addressOctets(hostname: string): Uint8Array {
  if (isIP(hostname) === 0) {
    const name = Buffer.from(hostname);
    if (name.length > MAX_FIELD_BYTES)
      throw new PosternError('PROXY_REFUSED', { reason: makeReason('socksNameTooLong') });
    return Uint8Array.of(ADDRESS_TYPES.name, name.length, ...name);
  }
  if (isIPv4(hostname)) return Uint8Array.of(ADDRESS_TYPES.ipv4, ...hostname.split('.').map(Number));
  return Uint8Array.of(ADDRESS_TYPES.ipv6, ...ipv6Octets(hostname));
}

/** The URL parser writes an address out, and every form that it takes. */
function ipv6Octets(address: string): number[] {
  const plain = address.split('%')[0] ?? address;
  const written = new URL(`http://[${plain}]/`).hostname.slice(1, -1);
  const [before = '', after] = written.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [head, tail] = [groups(before), groups(after ?? '')];
  const gap = after === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...gap, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

async function boundAddressBytes(socket: Socket, type: number | undefined, name: string): Promise<number> {
  if (type === ADDRESS_TYPES.ipv4) return 4;
  if (type === ADDRESS_TYPES.ipv6) return 16;
  if (type !== ADDRESS_TYPES.name) throw notSocks(name);
  const [length = 0] = await readExactly(socket, 1, name);
  return length;
}

function isKnownReply(reply: number): reply is keyof typeof REPLIES {
  return Object.hasOwn(REPLIES, reply);
}

function notSocks(name: string): PosternError {
  return new PosternError('PROXY_REFUSED', { reason: makeReason('proxyNotSocks', { proxy: name }) });
}

/** As many octets, in however many pieces they come; what comes behind them stays in the socket. */
function readExactly(socket: Socket, bytes: number, proxy: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const onReadable = (): void => {
      // Once the proxy has closed, fewer come; they must be read, or the end is never heard of.
      const octets = socket.read(bytes) as Buffer | null;
      if (octets === null) return;
      if (octets.length < bytes) return onEnd();
      stop();
      resolve(octets);
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
      socket.off('close', onEnd);
    };
    socket.on('readable', onReadable);
    socket.once('error', onError);
    socket.once('end', onEnd);
    socket.once('close', onEnd);
    onReadable();
  });
}
