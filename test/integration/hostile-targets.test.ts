import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyReading } from '../helpers/path-readers.ts';
import { FLAG, FRAME, headerBlock, RawHttp2Client } from '../helpers/raw-http2-client.ts';
import { until } from '../helpers/relay-harness.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';

interface Corpus {
  readonly refused: Readonly<Record<string, readonly string[]>>;
  readonly passed: readonly string[];
  readonly hosts: readonly string[];
}

const corpus = JSON.parse(readFileSync(`${import.meta.dirname}/../corpora/hostile-targets.json`, 'utf8')) as Corpus;

let world: Http2World;
let backend: Server;
let port: number;
/** What came to the backend, since the last look. */
let arrived: { readonly host: string; readonly url: string }[] = [];
let deep: URL;
let wild: string;

beforeAll(async () => {
  backend = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    arrived.push({ host: request.headers.host ?? '', url: request.url ?? '' });
    response.end('reached');
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  port = (backend.address() as AddressInfo).port;
  world = await startHttp2World();
  const publish = (place: string, internalUrl: string, more: object = {}): Promise<string> => {
    const [host = '', path = ''] = place.split(/(?=\/)(.*)/s);
    const { port: external } = new URL(world.serviceUrl);
    const externalUrl = `https://${host}.postern.localhost:${external}${path}`;
    return world.publish(place, '', { externalUrl, internalUrl: internalUrl.replace('PORT', String(port)), ...more });
  };
  await publish('deep/pub/', 'http://deep.localhost:PORT/inner/pub/');
  await publish('deep/pub/secret/', 'http://deep.localhost:PORT/inner/pub/secret/', {
    externalAuthenticationType: 'aadPreAuthentication',
  });
  await publish('root/pub/', 'http://root.localhost:PORT/');
  await publish('*.wild/', 'http://*.wild.localhost:PORT/');
  deep = new URL(world.serviceUrl);
  deep.hostname = 'deep.postern.localhost';
  wild = `wild.postern.localhost`;
});

afterAll(async () => {
  await world?.close();
  backend?.closeAllConnections();
  backend?.close();
});

function filled(target: string): string {
  return target.replaceAll('{authority}', deep.host).replaceAll('{host}', deep.hostname);
}

/** Sends the octets as they are. @returns the status of each answer */
async function overHttp1(target: string, host: string, method = 'GET'): Promise<number[]> {
  const socket = connect({ host: '127.0.0.1', port: Number(deep.port), ca: world.ca, servername: 'localhost' });
  socket.on('error', () => socket.destroy());
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, 'latin1');
  const answer = await text(socket);
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

/** Sends `:path` as it is. @returns whether the stream was answered with headers; else it was reset, or the connection ended */
async function overHttp2(path: string, authority: string): Promise<boolean> {
  const client = await RawHttp2Client.connect(Number(deep.port), world.ca);
  const fields = [
    [':method', 'GET'],
    [':scheme', 'https'],
    [':authority', authority],
    [':path', path],
  ] as const;
  client.send(FRAME.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, 1, headerBlock(fields));
  const isOutcome = (type: number): boolean =>
    type === FRAME.HEADERS || type === FRAME.RST_STREAM || type === FRAME.GOAWAY;
  await until(() => client.isClosed || client.frames.some(({ type }) => isOutcome(type)));
  client.close();
  return client.frames.some(({ type }) => type === FRAME.HEADERS);
}

/** Whether what came lies below the published folder, whoever reads it how. */
function isWithin(url: string): boolean {
  return [...everyReading(url)].every(
    (path) => /^\/inner\/pub(?:\/|$)/.test(path) && !/^\/inner\/pub\/secret(?:\/|$)/.test(path),
  );
}

function takeArrived(): typeof arrived {
  const taken = arrived;
  arrived = [];
  return taken;
}

describe.each(Object.entries(corpus.refused))('B3 %s', (_, targets) => {
  test('B3 over HTTP/1.1 nothing reaches the backend', async () => {
    for (const target of targets.map(filled)) {
      const statuses = await overHttp1(target, deep.host);
      expect([target, takeArrived()]).toEqual([target, []]);
      expect([target, statuses.filter((status) => status < 400)]).toEqual([target, []]);
      expect([target, statuses.length]).toEqual([target, 1]);
    }
  });

  test('B3 over HTTP/2 nothing reaches the backend', async () => {
    for (const target of targets.map(filled)) {
      await overHttp2(target, deep.host);
      expect([target, takeArrived()]).toEqual([target, []]);
    }
  });
});

test('B3 what every server reads alike arrives octet for octet, inside the folder', async () => {
  for (const target of corpus.passed.map(filled)) {
    const path = target.replace(`https://${deep.host}`, '');
    const inside = target.startsWith('/%') ? path.replace(/^\/[^/]+/, '/inner/pub') : `/inner${path}`;
    expect([target, await overHttp1(target, deep.host)]).toEqual([target, [200]]);
    const [one, ...more] = takeArrived();
    expect([target, one, more]).toEqual([target, { host: `deep.localhost:${port}`, url: inside }, []]);
    expect([target, isWithin(inside)]).toEqual([target, true]);
  }
});

test('B3 B4 the name of a folder without its last slash belongs to its application, and is never asked of the backend', async () => {
  for (const [target, status] of [
    ['/pub/secret', 302],
    ['/pub/secret?x', 302],
    ['/pub/%73ecret', 302],
    ['/pub', 302],
  ] as const) {
    expect([target, await overHttp1(target, deep.host)]).toEqual([target, [status]]);
    expect([target, await overHttp1(target, deep.host, 'POST')]).toEqual([target, [404]]);
    expect([target, takeArrived()]).toEqual([target, []]);
  }
});

test('B3 a folder at the root of its backend lets no target begin with two slashes', async () => {
  const host = deep.host.replace('deep', 'root');
  for (const target of ['/pub//', '/pub//evil.example/x', '/pub///x', '/%70ub//x']) {
    expect([target, (await overHttp1(target, host))[0]]).not.toEqual([target, 200]);
    expect([target, takeArrived()]).toEqual([target, []]);
  }
  expect(await overHttp1('/pub/x', host)).toEqual([200]);
  expect(takeArrived()).toEqual([{ host: `root.localhost:${port}`, url: '/x' }]);
});

test('B6 no host fills anything but one label into the internal host', async () => {
  for (const shape of corpus.hosts) {
    const host = shape.replaceAll('{domain}', `${wild}:${deep.port}`);
    await overHttp1('/x', host);
    expect([host, takeArrived()]).toEqual([host, []]);
    await overHttp2('/x', host);
    expect([host, takeArrived()]).toEqual([host, []]);
    // An absolute-form target must not stand in for the host.
    await overHttp1(`https://${host}/x`, `${wild}:${deep.port}`);
    expect([host, takeArrived()]).toEqual([host, []]);
  }
  expect(await overHttp1('/x', `a.${wild}:${deep.port}`)).toEqual([200]);
  expect(takeArrived()).toEqual([{ host: `a.wild.localhost:${port}`, url: '/x' }]);
});
