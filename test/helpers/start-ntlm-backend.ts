import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type RawAnswer, type RawBackend, type RawRequest, startRawBackend } from './start-raw-backend.ts';

const SIGNATURE = Buffer.from('NTLMSSP\0');
/** Unicode, NTLM, target type server (MS-NLMP section 2.2.2.5). */
const FLAGS = 0x0002_0201;
const HEADER_BYTES = 48;

/** A request that an authenticated connection brought. */
export interface ServedRequest {
  readonly user: string;
  readonly request: RawRequest;
}

export interface NtlmBackend extends RawBackend {
  readonly served: readonly ServedRequest[];
}

/** What a connection has said of who it is. */
interface Login {
  challenge: Buffer | null;
  user: string | null;
}

/**
 * A backend as IIS with Windows authentication is: it authenticates connections, by the three messages of NTLM, and believes
 * everything that an authenticated one brings. Passwords aren't checked. Answers with the name of the user and the body.
 */
export async function startNtlmBackend(): Promise<NtlmBackend> {
  const backend = await startRawBackend();
  const served: ServedRequest[] = [];
  const logins = new WeakMap<Socket, Login>();
  const answer: RawAnswer = (socket, request) => {
    const login = logins.get(socket) ?? { challenge: null, user: null };
    logins.set(socket, login);
    const token = tokenOf(request);
    if (token !== null && typeOf(token) === 1) {
      login.challenge = randomBytes(8);
      login.user = null;
      refuse(socket, request, `NTLM ${challengeMessage(login.challenge).toString('base64')}`);
      return;
    }
    if (token !== null && typeOf(token) === 3 && login.challenge !== null) login.user = userOf(token);
    login.challenge = null;
    if (login.user === null) {
      refuse(socket, request, 'NTLM');
      return;
    }
    served.push({ user: login.user, request });
    const body = `${login.user} ${request.body}`;
    const length = `Content-Length: ${body.length}`;
    socket.write(`HTTP/1.1 200 OK\r\n${length}\r\n\r\n${request.method === 'HEAD' ? '' : body}`, 'latin1');
  };
  backend.answers = new Proxy({}, { get: () => answer });
  return Object.assign(backend, { served });
}

/** The message by which a client begins, and the one by which it says who it is: what a real one says, in short. @internal */
export function ntlmMessage(type: 1 | 3, user = ''): string {
  const name = Buffer.from(user, 'utf16le');
  const message = Buffer.alloc(type === 1 ? 32 : 64 + name.length);
  SIGNATURE.copy(message);
  message.writeUInt32LE(type, 8);
  if (type === 3) {
    message.writeUInt16LE(name.length, 36);
    message.writeUInt16LE(name.length, 38);
    message.writeUInt32LE(64, 40);
    name.copy(message, 64);
  }
  return `NTLM ${message.toString('base64')}`;
}

function refuse(socket: Socket, request: RawRequest, challenge: string): void {
  const body = request.method === 'HEAD' ? '' : 'who are you?';
  socket.write(`HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${challenge}\r\nContent-Length: 12\r\n\r\n${body}`);
}

function tokenOf({ lines }: RawRequest): Buffer | null {
  const value = lines.find((line) => /^authorization: *ntlm /i.test(line))?.split(/ntlm /i)[1];
  return value === undefined ? null : Buffer.from(value, 'base64');
}

function typeOf(token: Buffer): number {
  return token.subarray(0, 8).equals(SIGNATURE) ? token.readUInt32LE(8) : 0;
}

function userOf(token: Buffer): string {
  const [length, offset] = [token.readUInt16LE(36), token.readUInt32LE(40)];
  return token.subarray(offset, offset + length).toString('utf16le');
}

function challengeMessage(challenge: Buffer): Buffer {
  const message = Buffer.alloc(HEADER_BYTES);
  SIGNATURE.copy(message);
  message.writeUInt32LE(2, 8);
  message.writeUInt32LE(HEADER_BYTES, 16);
  message.writeUInt32LE(FLAGS, 20);
  challenge.copy(message, 24);
  message.writeUInt32LE(HEADER_BYTES, 44);
  return message;
}
