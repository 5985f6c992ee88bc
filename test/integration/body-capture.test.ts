import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CapturedBodies, MAX_CAPTURED_BYTES } from '../../src-shared/connector/body-capture.ts';
import { BodyCapture } from '../../src-main/connector/capture/body-capture.ts';
import { ForwarderClient, makeApplication } from '../helpers/forwarder-client.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';

let origin: Origin;
let client: ForwarderClient;
let captured: CapturedBodies[];
let nowMs: number;

beforeEach(async () => {
  origin = await startOrigin();
  client = new ForwarderClient([makeApplication({ internalUrl: `${origin.url}/` })]);
  captured = [];
  nowMs = 1000;
});

afterEach(async () => {
  await client.close();
  await origin.close();
});

function capture(applicationId: string): void {
  const order = { applicationId, untilMs: 2000 };
  const now = (): number => nowMs;
  client.forwarder.useCapture(new BodyCapture(order, now, (bodies) => captured.push(bodies)));
}

function textOf({ octets }: { readonly octets: Uint8Array }): string {
  return Buffer.from(octets).toString();
}

test('bodies of both ways are captured as they pass, whole, and reach their ends unchanged', async () => {
  capture('app');
  const small = await client.ask('/echo', { method: 'POST' }, 'name=Alice');
  const bare = await client.ask('/bytes/1000');
  expect(captured).toHaveLength(2);
  expect(textOf(captured[0]?.request as CapturedBodies['request'])).toBe('name=Alice');
  expect(textOf(captured[0]?.response as CapturedBodies['response'])).toBe(small.body.toString());
  expect(captured[1]?.request).toEqual({ octets: new Uint8Array(), totalBytes: 0 });
  expect(Buffer.from(captured[1]?.response.octets ?? [])).toEqual(bare.body);
  expect(captured.map(({ sequence }) => sequence)).toEqual(client.recorder.recent().map(({ sequence }) => sequence));
});

test('of a large body the beginning is kept, and all of it counted', async () => {
  capture('app');
  const { body } = await client.ask('/bytes/1000000');
  const exchange = client.open('/echo', { method: 'POST' }, false);
  const piece = Buffer.alloc(50_000, 'x');
  for (let count = 0; count < 8; count += 1) await exchange.write(piece);
  exchange.end();
  await exchange.response();
  expect(captured[0]?.response.totalBytes).toBe(1_000_000);
  expect(Buffer.from(captured[0]?.response.octets ?? [])).toEqual(body.subarray(0, MAX_CAPTURED_BYTES));
  expect(captured[1]?.request.totalBytes).toBe(400_000);
  expect(captured[1]?.request.octets).toHaveLength(MAX_CAPTURED_BYTES);
});

test('what a translation changes for the user is captured as the backend sent it', async () => {
  let link = '';
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(link);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const internalUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  link = `<a href="${internalUrl}x">x</a>`;
  client.forwarder.configure([makeApplication({ internalUrl, isTranslateLinksInBodyEnabled: true })]);
  capture('app');
  const { body } = await client.ask('/');
  expect(body.toString()).toBe('<a href="https://app.example.com/x">x</a>');
  expect(textOf(captured[0]?.response as CapturedBodies['response'])).toBe(link);
  server.closeAllConnections();
  server.close();
});

test('nothing of other applications, of later requests and after its end is captured', async () => {
  capture('another');
  await client.ask('/bytes/10');
  capture('app');
  nowMs = 2000;
  await client.ask('/bytes/10');
  nowMs = 1000;
  const underWay = client.open('/echo', { method: 'POST' }, false);
  await underWay.write(Buffer.from('half'));
  await expect.poll(() => client.recorder.recent().length).toBe(3);
  client.forwarder.useCapture(null);
  underWay.end();
  await underWay.response();
  await client.ask('/bytes/10');
  expect(captured).toEqual([]);
});

test('a request that fails is told with what there was', async () => {
  capture('app');
  client.forwarder.configure([makeApplication()]);
  await client.ask('/', { method: 'POST' }, 'lost').catch(() => undefined);
  await expect.poll(() => captured.length).toBe(1);
  expect(textOf(captured[0]?.request as CapturedBodies['request'])).toBe('lost');
  expect(captured[0]?.response.totalBytes).toBe(0);
});
