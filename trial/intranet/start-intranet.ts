import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ChatRoom } from './chat-room.ts';
import { FileShelf } from './file-shelf.ts';
import { chatPage } from './pages/chat.ts';
import { filesPage, receiveUpload, sendFile, sendRandom } from './pages/files.ts';
import { GuestBook } from './pages/guest-book.ts';
import { headerPairs, headersPage } from './pages/headers.ts';
import { directoryPage, personPage } from './pages/people-pages.ts';
import { streamTicks, tickerPage } from './pages/ticker.ts';

const DEFAULT_SHELF_BYTES = 4 * 1024 ** 3;

export interface IntranetOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Where uploads go. */
  readonly folder: string;
  /** All uploads together, bytes; 4 GiB where absent. */
  readonly maxTotalBytes?: number;
}

export interface RunningIntranet {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the sample intranet: pages, forms, files, server-sent events and a WebSocket on one plain HTTP port. */
export async function startIntranet(options: IntranetOptions): Promise<RunningIntranet> {
  const shelf = new FileShelf(options.folder, options.maxTotalBytes ?? DEFAULT_SHELF_BYTES);
  const guestBook = new GuestBook();
  const chat = new ChatRoom();
  const style = readFileSync(new URL('intranet.css', import.meta.url));
  let origin = '';

  const sendPage = (response: ServerResponse, text: string): void => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' }).end(text);
  };
  const sendText = (response: ServerResponse, status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://intranet');
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    switch (`${method} ${url.pathname}`) {
      case 'GET /':
        return sendPage(response, directoryPage(origin));
      case 'GET /intranet.css':
        response.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(style);
        return;
      case 'GET /guest-book':
        return guestBook.show(request, response);
      case 'POST /guest-book':
        return guestBook.sign(request, response, origin);
      case 'GET /files':
        return sendPage(response, filesPage(shelf.list()));
      case 'POST /files':
        return receiveUpload(shelf, request, response);
      case 'GET /files/random':
        return sendRandom(url.searchParams, response);
      case 'GET /ticker':
        return sendPage(response, tickerPage());
      case 'GET /ticker/events':
        return streamTicks(response);
      case 'GET /chat':
        return sendPage(response, chatPage());
      case 'GET /chat/socket':
        return sendText(response, 426, 'This address speaks WebSocket only.');
      case 'GET /headers':
        return sendPage(response, headersPage(request));
      case 'GET /headers.json':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ method: request.method, url: request.url, headers: headerPairs(request) }));
        return;
      case 'GET /old-address':
        response.writeHead(302, { location: `${origin}/` }).end();
        return;
      case 'GET /healthz':
        return sendText(response, 200, 'ok');
      default: {
        const [, section, id = ''] = url.pathname.split('/');
        const page = section === 'people' ? personPage(id) : undefined;
        if (method === 'GET' && page !== undefined) return sendPage(response, page);
        const file = section === 'files' ? shelf.find(id) : undefined;
        if (method === 'GET' && file) return sendFile(shelf, file, response);
        return sendText(response, 404, `There is nothing at ${url.pathname} in this intranet.`);
      }
    }
  };

  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendText(response, 500, `The intranet failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.split('?', 1)[0] === '/chat/socket') chat.accept(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    port,
    close: async () => {
      chat.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
