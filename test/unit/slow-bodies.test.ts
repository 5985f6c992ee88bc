import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { PlainBody } from '../../src-main/connector/plain-http/plain-body.ts';
import { PlainConnection } from '../../src-main/connector/plain-http/plain-connection.ts';
import { PlainRequest } from '../../src-main/connector/plain-http/plain-request.ts';

const SLOW_BODY_MS = 20_000;
const ignore = (): void => undefined;

/** A connection whose backend takes whatever it is sent, and the body of the request under way on it. */
function begin(): { readonly connection: PlainConnection; readonly body: PlainBody; readonly errors: Error[] } {
  const socket = new Duplex({ read: ignore, write: (_chunk, _encoding, done) => done() });
  const connection = new PlainConnection(
    socket as never,
    null,
    { onFree: ignore, onGone: ignore, onUnusual: ignore },
    { maxHeaderBytes: 65_536, keepAliveMs: 1000, slowBodyMs: SLOW_BODY_MS },
  );
  const body = new PlainBody();
  const errors: Error[] = [];
  const headers = ['Host', 'a', 'Content-Length', '1000000'];
  const request = { method: 'POST', path: '/', headers, body, headersTimeoutMs: 600_000, endsConnection: null };
  const listener = { onRequestStart: ignore, onBodySent: ignore, onResponseStart: ignore, onResponseData: ignore };
  const onResponseError = (_controller: unknown, error: Error): void => void errors.push(error);
  connection.begin(new PlainRequest(request, { ...listener, onResponseEnd: ignore, onResponseError }));
  return { connection, body, errors };
}

test('a body that had been slow made way for others though it came fast by then', () => {
  const { connection, body, errors } = begin();
  body.push(Buffer.alloc(100));
  connection.look(1000);
  connection.look(1000 + SLOW_BODY_MS);
  body.push(Buffer.alloc(12_000));
  expect(connection.giveWay()).toBe(false);
  expect(errors).toEqual([]);
});

test('a body makes way for others where it has been slow, and is no faster by then', () => {
  const { connection, body, errors } = begin();
  connection.look(1000);
  expect(connection.giveWay()).toBe(false);
  connection.look(1000 + SLOW_BODY_MS);
  body.push(Buffer.alloc(100));
  expect(connection.giveWay()).toBe(true);
  expect(errors).toMatchObject([{ code: 'BACKEND_BUSY' }]);
});
