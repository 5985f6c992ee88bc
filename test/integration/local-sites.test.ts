import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { findLocalSites } from '../../src-main/app/local-sites/find-local-sites.ts';
import { readListeningSockets } from '../../src-main/app/local-sites/listening-sockets.ts';
import { BackendGuard } from '../../src-main/connector/policy/backend-guard.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { findAddresses } from '../helpers/this-machine.ts';

const PNG = Buffer.from('89504e470d0a1a0a00000000', 'hex');
const servers: Server[] = [];

afterAll(async () => {
  for (const server of servers) {
    server.close();
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function') {
      server.closeAllConnections();
    }
    await once(server, 'close');
  }
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const site = (listener: RequestListener): Promise<number> => listening(createServer(listener));

const find = (ports: readonly number[]) =>
  findLocalSites({
    leftOutPorts: new Set(),
    guard: new BackendGuard([], Date.now, findAddresses),
    readSockets: () => Promise.resolve(ports.map((port) => ({ address: '127.0.0.1', port }))),
  });

test('a site is offered with its title and icon, by the address that an application has', async () => {
  const port = await site((request, response) => {
    if (request.url === '/icon') response.end(PNG);
    else if (request.url === '/start') {
      response.setHeader('content-type', 'text/html');
      response.end('<title>Tickets &amp; more</title><link rel="icon" href="/icon">');
    } else response.writeHead(302, { location: '/start' }).end();
  });
  expect(await find([port])).toEqual([
    {
      url: `http://localhost:${port}/`,
      status: 200,
      title: 'Tickets & more',
      server: null,
      icon: `data:image/png;base64,${PNG.toString('base64')}`,
      isCertificateTrusted: true,
    },
  ]);
});

test('neither a redirect nor an icon leads to another host or port', async () => {
  const asked: string[] = [];
  const other = await site((request, response) => {
    asked.push(request.url ?? '');
    response.end(PNG);
  });
  const port = await site((request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url === '/') response.end(`<title>One</title><link rel=icon href="http://localhost:${other}/icon">`);
    else response.end(PNG);
  });
  const away = await site((_request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${other}/away` }).end();
  });
  const found = await find([port, away]);
  expect(found.map(({ title, icon, status }) => ({ title, icon, status }))).toEqual([
    { title: 'One', icon: null, status: 200 },
    { title: null, icon: null, status: 302 },
  ]);
  expect(asked).toEqual([]);
});

test('an icon that is too big or none is left out, and a page without an end is cut', async () => {
  const port = await site((request, response) => {
    if (request.url === '/favicon.ico') {
      response.end(Buffer.concat([PNG, Buffer.alloc(256 * 1024)]));
      return;
    }
    response.setHeader('content-type', 'text/html');
    response.write('<title>Endless</title>');
    const more = (): void => {
      while (response.write('x'.repeat(16 * 1024)));
    };
    response.on('drain', more);
    more();
  });
  expect(await find([port])).toMatchObject([{ title: 'Endless', icon: null }]);
});

test('a page that comes to a halt is taken as far as it came', async () => {
  const port = await site((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.write('<title>Slow</title>');
  });
  expect(await find([port])).toMatchObject([{ title: 'Slow' }]);
});

test('B48 a server of TLS is found, and one whose certificate would be refused says so', async () => {
  const { cert, key } = await makeCertificate(['localhost'], []);
  const secure = createSecureServer({ cert, key }, (_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<title>Secure</title>');
  });
  const port = await listening(secure);
  expect(await find([port])).toMatchObject([
    { url: `https://localhost:${port}/`, title: 'Secure', isCertificateTrusted: false },
  ]);
});

test('what speaks something else, says nothing or is gone is no site', async () => {
  const greeting = await listening(
    createTcpServer(
      (socket) =>
        void socket
          .on('error', () => undefined)
          .end('220 mail\r\n')
          .resume(),
    ),
  );
  const silent = await listening(createTcpServer((socket) => void socket.on('error', () => undefined).resume()));
  expect(await find([greeting, silent, 1])).toEqual([]);
});

test('this process is not among what listens', async () => {
  const port = await site((_request, response) => void response.end());
  const sockets = await readListeningSockets();
  expect(sockets?.some((socket) => socket.port === port) ?? false).toBe(false);
});
