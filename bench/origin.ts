import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The backend that benchmarks forward to, as a process of its own. `GET /small` answers 1 KiB, `GET /bulk?bytes=N` N octets,
 * `PUT /sink` swallows what comes and says how much it was. Prints `{port}` when it listens.
 */
const SMALL = Buffer.alloc(1024, 'p');
const CHUNK = Buffer.alloc(65_536, 'p');

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const url = new URL(request.url ?? '/', 'http://origin');
  if (url.pathname === '/bulk') {
    let left = Number(url.searchParams.get('bytes'));
    response.writeHead(200, { 'content-length': left, 'content-type': 'application/octet-stream' });
    const send = (): void => {
      while (left > 0) {
        const chunk = left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left);
        left -= chunk.length;
        if (!response.write(chunk)) return;
      }
      response.end();
    };
    response.on('drain', send);
    send();
    return;
  }
  if (url.pathname === '/sink') {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => response.end(String(bytes)));
    return;
  }
  request.resume();
  response.writeHead(200, { 'content-length': SMALL.length, 'content-type': 'text/plain' });
  response.end(SMALL);
});

server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});
process.on('disconnect', () => process.exit());
