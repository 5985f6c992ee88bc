import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A request as its octets were, one character each. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** `name: value` lines as they came. */
  readonly lines: readonly string[];
  /** Decoded where it was chunked. */
  readonly body: string;
  /** `name: value` lines behind the last chunk. */
  readonly trailers: readonly string[];
  /** Which connection it came on, counted from 0. */
  readonly connection: number;
}

/** What a raw backend does with a request that it has read whole. */
export type RawAnswer = (socket: Socket, request: RawRequest) => void;

/** A backend that reads requests by hand, keeps every octet, and writes whatever a test likes. */
export interface RawBackend {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string;
  /** Whole requests, oldest first. */
  readonly requests: readonly RawRequest[];
  /** All that came, on whichever connection, whole requests or not, one character an octet. */
  readonly octets: string;
  readonly openConnections: number;
  /** What a path is answered with; any other gets `200` and `ok`. */
  answers: Record<string, RawAnswer>;
  close(): Promise<void>;
}

const plainAnswer: RawAnswer = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
};

export async function startRawBackend(): Promise<RawBackend> {
  const requests: RawRequest[] = [];
  let octets = '';
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const connection = connections++;
    let unread = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (text: string) => {
      octets += text;
      unread += text;
      for (;;) {
        const read = readRequest(unread, connection);
        if (read === null) return;
        unread = unread.slice(read.length);
        requests.push(read.request);
        (backend.answers[read.request.path] ?? plainAnswer)(socket, read.request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const backend: RawBackend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get octets() {
      return octets;
    },
    get openConnections() {
      return sockets.size;
    },
    answers: {},
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return backend;
}

/** The first whole request of a text; null where none is whole yet. */
function readRequest(text: string, connection: number): { request: RawRequest; length: number } | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const [requestLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const [method = '', path = ''] = requestLine.split(' ');
  const valueOf = (name: string): string | undefined =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const start = headEnd + 4;
  if (valueOf('transfer-encoding') === 'chunked') {
    const chunked = readChunks(text, start);
    if (chunked === null) return null;
    const { body, trailers, end } = chunked;
    return { request: { method, path, lines, body, trailers, connection }, length: end };
  }
  const end = start + Number(valueOf('content-length') ?? 0);
  if (text.length < end) return null;
  return { request: { method, path, lines, body: text.slice(start, end), trailers: [], connection }, length: end };
}

function readChunks(text: string, start: number): { body: string; trailers: string[]; end: number } | null {
  let body = '';
  for (let at = start; ;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    at = lineEnd + 2;
    if (size > 0) {
      body += text.slice(at, at + size);
      at += size + 2;
      continue;
    }
    const trailers: string[] = [];
    for (;;) {
      const next = text.indexOf('\r\n', at);
      if (next === -1) return null;
      const line = text.slice(at, next);
      at = next + 2;
      if (line === '') return { body, trailers, end: at };
      trailers.push(line);
    }
  }
}
