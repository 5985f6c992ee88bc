import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  constants,
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

export interface Http2Origin {
  readonly url: string;
  /** Connections that were made so far. */
  readonly connections: number;
  /** Error code of each stream that was cut off, with its path. */
  readonly resets: readonly { readonly path: string; readonly code: number }[];
  /** Octets that `/stall` wrote. */
  readonly stalledBytes: number;
  close(): Promise<void>;
}

/**
 * A real backend on loopback that speaks HTTP/2 alone; over TLS by ALPN where `tls` is given, else by prior knowledge.
 * Routes: `/echo` (what arrived, as JSON), `/mirror` (body and trailers back), `/hash`, `/bytes/N`, `/trailers`,
 * `/trailers-only`, `/hints`, `/early` (answers without reading), `/reset` and `/cut` (before and in the middle of an answer), `/refuse-once`
 * (REFUSED_STREAM at the first connection), `/goaway` (answers, then GOAWAY), `/stall` (endless), `/silent`.
 */
export async function startHttp2Origin(
  options: { readonly tls?: { readonly cert: string; readonly key: string } } = {},
): Promise<Http2Origin> {
  const sessions = new Set<ServerHttp2Session>();
  const resets: { path: string; code: number }[] = [];
  const counts = { connections: 0, stalledBytes: 0, refused: 0 };
  const server = options.tls === undefined ? createServer() : createSecureServer(options.tls);
  server.on('session', (session: ServerHttp2Session) => {
    counts.connections++;
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
    const path = headers[':path'] ?? '';
    stream.on('error', () => undefined);
    stream.on('close', () => {
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) resets.push({ path, code: stream.rstCode ?? 0 });
    });
    answer(stream, headers, raw, counts);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    get connections() {
      return counts.connections;
    },
    get stalledBytes() {
      return counts.stalledBytes;
    },
    resets,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  raw: readonly string[],
  counts: { stalledBytes: number; refused: number },
): void {
  const [, route = '', argument = ''] = (headers[':path'] ?? '').split('/');
  switch (route) {
    case 'echo':
      stream.respond([':status', '200', 'content-type', 'application/json', 'set-cookie', 'a=1', 'x-mine', '1', 'set-cookie', 'b=2', 'x-mine', '2'] as never); // prettier-ignore
      stream.end(JSON.stringify(raw));
      return;
    case 'mirror': {
      let trailers: Record<string, unknown> = {};
      stream.on('trailers', (sent) => {
        trailers = { ...sent };
      });
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers as Record<string, string>));
      stream.pipe(stream);
      return;
    }
    case 'hash': {
      const hash = createHash('sha256');
      stream.on('data', (chunk: Buffer) => hash.update(chunk));
      stream.on('end', () => {
        stream.respond({ ':status': 200 });
        stream.end(hash.digest('hex'));
      });
      return;
    }
    case 'bytes':
      stream.respond({ ':status': 200 });
      stream.end(Buffer.alloc(Number(argument), 'x'));
      return;
    case 'trailers':
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': ['1', '2'] }));
      stream.end('with trailers');
      return;
    case 'trailers-only':
      stream.respond({ ':status': 200, 'grpc-status': '5' }, { endStream: true });
      return;
    case 'hints':
      stream.additionalHeaders({ ':status': 103, link: '</style.css>; rel=preload' });
      stream.respond({ ':status': 200 });
      stream.end('hinted');
      return;
    case 'early':
      stream.respond({ ':status': 413 });
      stream.end('too much');
      return;
    case 'reset':
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      return;
    case 'cut':
      stream.respond({ ':status': 200 });
      // "close" would end the stream as if it were whole.
      stream.write('half', () => stream.destroy(new Error('cut')));
      return;
    case 'refuse-once':
      if (counts.refused++ === 0) {
        stream.close(constants.NGHTTP2_REFUSED_STREAM);
        return;
      }
      stream.respond({ ':status': 200 });
      stream.end('at the second try');
      return;
    case 'goaway':
      stream.respond({ ':status': 200 });
      stream.end('bye');
      stream.session?.close();
      return;
    case 'stall': {
      stream.respond({ ':status': 200 });
      const chunk = Buffer.alloc(16_384);
      const fill = (): void => {
        while (!stream.destroyed) {
          counts.stalledBytes += chunk.length;
          if (!stream.write(chunk)) return;
        }
      };
      stream.on('drain', fill);
      fill();
      return;
    }
    default:
  }
}
