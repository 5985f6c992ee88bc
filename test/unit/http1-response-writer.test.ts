import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Http1ResponseWriter } from '../../src-service/relay/http1-response-writer.ts';

let server: Server;
let onResponse: (response: ServerResponse) => void = () => undefined;

beforeAll(async () => {
  server = createServer((_request, response) => onResponse(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => server.close());

/** All that a user gets of one response, with `Connection: close`, and in how many pieces. */
async function answer(write: (writer: Http1ResponseWriter, response: ServerResponse) => unknown): Promise<string> {
  onResponse = (response) => write(new Http1ResponseWriter(response), response);
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let text = '';
  for await (const piece of socket) text += (piece as Buffer).toString('latin1');
  return text;
}

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

test.each([
  ['a length', ['Content-Length', '5'], 'h\u00e9llo'],
  ['chunks', ['X-A', '1'], '5\r\nh\u00e9llo\r\n0\r\n\r\n'],
])('a small body that ends within the tick is whole, with %s', async (_, headers, expected) => {
  const text = await answer((writer) => {
    writer.writeHead(200, headers);
    writer.write(Buffer.from('h\u00e9llo', 'latin1'));
    writer.end([]);
  });
  expect(text.startsWith('HTTP/1.1 200 OK\r\n')).toBe(true);
  expect(bodyOf(text)).toBe(expected);
});

test('pieces within a tick come in order, and the end behind them', async () => {
  const pieces = Array.from({ length: 26 }, (_, index) => Buffer.alloc(20_000, 97 + index));
  const text = await answer((writer) => {
    writer.writeHead(200, ['X-A', '1']);
    for (const piece of pieces) writer.write(Buffer.from(piece));
    writer.end(['X-Trailer', 'yes']);
  });
  const body = bodyOf(text).replaceAll(/(?:^|\r\n)[\da-f]+\r\n/g, '');
  expect(body.startsWith(Buffer.concat(pieces).toString())).toBe(true);
  expect(text.endsWith('0\r\nX-Trailer: yes\r\n\r\n')).toBe(true);
});

test('a user who goes while the beginning of a body waits for its tick harms nothing', async () => {
  const errors: unknown[] = [];
  const text = await answer((writer, response) => {
    response.on('error', (error) => errors.push(error));
    writer.writeHead(200, ['Content-Length', '5']);
    writer.write(Buffer.from('hello'));
    response.destroy();
  });
  await new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve)));
  expect([text, errors]).toEqual(['', []]);
});
