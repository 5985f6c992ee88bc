import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { HttpExchange } from '../../src-service/relay/http-exchange.ts';
import type { ForwardedRequest } from '../../src-service/relay/relay-types.ts';
import type { RequestAttempts } from '../../src-service/relay/request-attempts.ts';
import { SlowReaders } from '../../src-service/relay/slow-readers.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import type { RequestHead } from '../../src-shared/wire/head.ts';

const HEAD: RequestHead = {
  method: 'POST',
  target: '/',
  scheme: 'https',
  authority: 'a',
  applicationId: 'a',
  activityId: '3d6f0a52-6f0e-4f4e-9c3a-0d8f4b1d6a10',
  remoteAddress: '192.0.2.1',
  userId: null,
  userName: null,
  isUpgrade: false,
  headers: [],
};

/** A stream that has room, or none, and keeps what it is given. */
class KeepingStream {
  readonly #hasRoom: boolean;
  text = '';
  isEnded = false;

  constructor(hasRoom: boolean) {
    this.#hasRoom = hasRoom;
  }

  write(chunk: Uint8Array): boolean {
    this.text += Buffer.from(chunk).toString('latin1');
    return this.#hasRoom;
  }

  end(): void {
    this.isEnded = true;
  }
}

test('a body for which one tunnel had no room goes on where the next one has', async () => {
  const full = new KeepingStream(false);
  const free = new KeepingStream(true);
  const streams = [full, free];
  const handlers: StreamHandler[] = [];
  const mux = {
    open: (_block: Uint8Array, _isEnd: boolean, handlerOf: (made: MuxStream) => StreamHandler) => {
      const stream = streams[handlers.length] as unknown as MuxStream;
      handlers.push(handlerOf(stream));
      return stream;
    },
  };
  const attempts = { next: () => ({ mux }), failed: () => true } as unknown as RequestAttempts;
  const request = Object.assign(new PassThrough(), { headers: { 'content-length': '6' }, rawTrailers: [] });
  const response = Object.assign(new EventEmitter(), { isPlain: true });
  const times = { userStallMs: 600_000, crowdedStallMs: 600_000, userStallLookMs: 600_000 };
  const forwarded = { request, response, head: HEAD, responseHeaders: [] } as unknown as ForwardedRequest;
  new HttpExchange(forwarded, attempts, new SlowReaders(times, 1e9, () => 0)).start();
  request.write('abc');
  await expect.poll(() => full.text).toBe('abc');
  handlers[0]?.onReset('STREAM_REFUSED', '');
  request.end('def');
  await expect.poll(() => free.isEnded).toBe(true);
  expect([full.text, free.text]).toEqual(['abc', 'abcdef']);
});
