import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { BODY_NAMES, BODY_TYPES, type BodyName, makeBody } from './bodies.ts';

/**
 * The backend of the benchmark, a process of its own: `/CODING/NAME` is a body, encoded beforehand. Prints `{port}` when it
 * listens.
 */
const ENCODERS: Readonly<Record<string, (body: string) => Buffer>> = {
  identity: (body) => Buffer.from(body),
  gzip: (body) => gzipSync(body),
  br: (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  zstd: (body) => zstdCompressSync(body),
};
const answers = new Map<string, { readonly headers: Record<string, string | number>; readonly body: Buffer }>();

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const answer = answers.get(request.url ?? '');
  if (answer === undefined) response.writeHead(404).end();
  else response.writeHead(200, answer.headers).end(answer.body);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  for (const name of BODY_NAMES) prepare(name, `http://localhost:${port}/`);
  console.log(JSON.stringify({ port }));
});

function prepare(name: BodyName, root: string): void {
  const body = makeBody(name, root);
  for (const [coding, encode] of Object.entries(ENCODERS)) {
    const octets = encode(body);
    const headers = {
      'content-type': BODY_TYPES[name],
      'content-length': octets.length,
      ...(coding !== 'identity' && { 'content-encoding': coding }),
    };
    answers.set(`/${coding}/${name}`, { headers, body: octets });
  }
}
