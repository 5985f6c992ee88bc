import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { acceptWebSocket } from '../../src-service/relay/web-socket-handshake.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { SocketTransport } from '../../src-shared/mux/socket-transport.ts';
import {
  MAX_WEB_SOCKET_HEADER_BYTES,
  unmask,
  WebSocketDecoder,
  writeWebSocketHeader,
} from '../../src-shared/wire/web-socket-frames.ts';

const ignore = { onOctets: () => undefined, onPing: () => undefined, onClose: () => undefined };
const mask = fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }));

function headerOf(length: number, key: Uint8Array | null): Uint8Array {
  const header = new Uint8Array(MAX_WEB_SOCKET_HEADER_BYTES);
  return header.subarray(writeWebSocketHeader(header, header.length, 2, length, key));
}

/** Sends parts as a mux does: room for a header in front of the first. @returns what must arrive */
function sendParts(transport: SocketTransport | null, parts: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(parts);
  const [first = Buffer.alloc(0), ...rest] = parts;
  transport?.send([Buffer.concat([Buffer.alloc(transport.headroomBytes), first]), ...rest], whole.length);
  return whole;
}
const BATCHES: readonly (readonly number[])[] = [
  [10],
  [125],
  [126, 0],
  [3, 100_000],
  [70_000],
  [20, 3000, 50],
  [9, 65_536, 9],
];

describe('WebSocket frames', () => {
  test('any payload under any mask and chunking arrives as it was', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 70_000, size: 'max' }), { maxLength: 4 });
    const cuts = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(messages, mask, cuts, (sent, key, sizes) => {
        const octets = Buffer.concat(
          sent.flatMap((payload) => {
            const masked = payload.slice();
            if (key !== null) unmask(masked, key, 0);
            return [headerOf(payload.length, key), masked];
          }),
        );
        const received: Uint8Array[] = [];
        const decoder = new WebSocketDecoder(key !== null, {
          ...ignore,
          onOctets: (piece) => received.push(piece.slice()),
        });
        for (let offset = 0, turn = 0; offset < octets.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          decoder.push(new Uint8Array(octets.subarray(offset, offset + size)));
          offset += size;
        }
        expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('any octets are decoded or refused with TUNNEL_PROTOCOL', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (isMasked, pieces) => {
        const decoder = new WebSocketDecoder(isMasked, ignore);
        try {
          for (const piece of pieces) decoder.push(piece);
        } catch (error) {
          expect(error instanceof PosternError && error.code).toBe('TUNNEL_PROTOCOL');
        }
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['reserved bits', [0xc2, 0x80]],
    ['no mask from a client', [0x82, 0x00]],
    ['text', [0x81, 0x80]],
    ['a continuation of nothing', [0x80, 0x80]],
    ['a fragmented ping', [0x09, 0x80]],
    ['a long close', [0x88, 0xfe, 0x00, 0x7e]],
    ['a length beyond 2^53', [0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0]],
  ])('%s is refused', (_what, octets) => {
    const decoder = new WebSocketDecoder(true, ignore);
    expect(() => decoder.push(new Uint8Array([...octets, 0, 0, 0, 0]))).toThrow('RFC 6455');
  });
});

describe('with the ws package at the other end', () => {
  test('our server takes its handshake, fragments, pings and close, and it takes ours', async () => {
    const server = createServer();
    const received: Buffer[] = [];
    let transport: SocketTransport | null = null;
    server.on('upgrade', (request, socket: Duplex) => {
      if (!acceptWebSocket(request, socket, 'chosen')) return;
      transport = new SocketTransport(socket, null, {
        onOctets: (octets) => received.push(Buffer.from(octets)),
        onSent: () => undefined,
        onEnded: () => undefined,
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, ['other', 'chosen']);
    await once(client, 'open');
    expect(client.protocol).toBe('chosen');
    client.send(Buffer.alloc(70_000, 'a'), { fin: false });
    client.ping('are you there');
    client.send(Buffer.from('end'), { fin: true });
    expect(String((await once(client, 'pong'))[0])).toBe('are you there');
    for (const lengths of BATCHES) {
      const arrived = once(client, 'message');
      const sent = sendParts(
        transport,
        lengths.map((length, index) => Buffer.alloc(length, `${index}b`)),
      );
      expect(((await arrived)[0] as Buffer).equals(sent)).toBe(true);
    }
    client.close(1000);
    await once(client, 'close');
    expect(Buffer.concat(received).toString()).toBe(`${'a'.repeat(70_000)}end`);
    server.close();
    await once(server, 'close');
  });

  test('its server takes what our client sends, masked', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    const [peer] = (await once(server, 'connection')) as [WebSocket];
    await once(socket, 'data');
    const transport = new SocketTransport(socket, () => new Uint8Array([1, 2, 3, 4]), {
      onOctets: () => undefined,
      onSent: () => undefined,
      onEnded: () => undefined,
    });
    for (const lengths of BATCHES) {
      const arrived = once(peer, 'message');
      const sent = sendParts(
        transport,
        lengths.map((length, index) => Buffer.alloc(length, `${index}c`)),
      );
      expect(((await arrived)[0] as Buffer).equals(sent)).toBe(true);
    }
    transport.close('done');
    expect((await once(peer, 'close'))[0]).toBe(1000);
    server.close();
    await once(server, 'close');
  });

  test.each([
    ['another subprotocol', { 'Sec-WebSocket-Protocol': 'other' }, 426],
    ['another version', { 'Sec-WebSocket-Version': '8' }, 426],
    ['a bad key', { 'Sec-WebSocket-Key': 'short' }, 400],
  ])('%s is refused with a status', async (_what, change, status) => {
    const server = createServer();
    server.on('upgrade', (request, socket: Duplex) => acceptWebSocket(request, socket, 'chosen'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const headers = {
      'Sec-WebSocket-Protocol': 'chosen',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      ...change,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${lines.join('')}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain(`HTTP/1.1 ${status} `);
    socket.destroy();
    server.close();
    await once(server, 'close');
  });
});
