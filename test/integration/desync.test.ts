import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DESYNC_REQUESTS } from '../corpora/desync-requests.ts';
import { HOSTILE_RESPONSES } from '../corpora/hostile-responses.ts';
import { http1Ways } from '../helpers/http1-ways.ts';
import { RawTlsClient } from '../helpers/raw-tls-client.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type RawAnswer, type RawBackend, type RawRequest, startRawBackend } from '../helpers/start-raw-backend.ts';

/** For what takes milliseconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 20_000, interval: 5 };
/** What the service and the connector may write themselves, whatever the user wrote. */
const FRAMING_LINE = /^(?:content-length: \d+|transfer-encoding: chunked)$/i;
const FRAMING_NAME = /^(?:content|transfer)[-_](?:length|encoding)/i;

let world: Http2World;
let backend: RawBackend;
let host: string;
let port: number;
const clients: RawTlsClient[] = [];

beforeAll(async () => {
  world = await startHttp2World();
  backend = await startRawBackend();
  const url = new URL(await world.publish('victim', backend.url));
  host = url.host;
  port = Number(url.port);
});

afterAll(async () => {
  for (const client of clients) client.close();
  await world?.close();
  await backend?.close();
});

async function connect(): Promise<RawTlsClient> {
  const client = await RawTlsClient.connect(port, world.ca);
  clients.push(client);
  return client;
}

function get(path: string, at = host): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${at}\r\n\r\n`;
}

/** The status of each answer that a client got. */
function statuses({ received }: RawTlsClient): string[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status = '']) => status);
}

async function answered(client: RawTlsClient, count: number): Promise<void> {
  await expect.poll(() => statuses(client).length >= count || client.isClosed, PATIENCE).toBe(true);
}

/** Asks through another connection: by its answer everything that came before has had its effect. */
async function settle(): Promise<void> {
  const other = await connect();
  other.write(get('/settle'));
  await answered(other, 1);
  other.close();
}

describe('a request that two servers could read differently', () => {
  test.each(DESYNC_REQUESTS)('$group: $what is $outcome', async ({ octets, outcome, body }) => {
    const [before, octetsBefore] = [backend.requests.length, backend.octets.length];
    const client = await connect();
    client.write(octets.replaceAll('HOST', host) + get('/smuggled'));
    if (outcome === 'read') await answered(client, 2);
    else await expect.poll(() => client.isClosed, PATIENCE).toBe(true);
    const seen = backend.requests.slice(before);
    if (outcome === 'read' || outcome === 'last') {
      expect(statuses(client)).toEqual(outcome === 'read' ? ['200', '200'] : ['200']);
      expect(seen.filter(({ path }) => path === '/smuggled')).toHaveLength(outcome === 'read' ? 1 : 0);
      const [first] = seen.filter(({ path }) => path === '/first') as [RawRequest];
      expect(first.body).toBe(body);
      const framing = first.lines.filter((line) => FRAMING_NAME.test(line));
      expect(framing.length).toBeLessThanOrEqual(1);
      for (const line of framing) expect(line).toMatch(FRAMING_LINE);
    } else {
      await settle();
      const octetsSeen = backend.octets.slice(octetsBefore);
      expect(backend.requests.slice(before).map(({ path }) => path)).toEqual(['/settle']);
      expect(octetsSeen).not.toContain('smuggled');
      if (outcome === 'refused') {
        expect(octetsSeen).not.toContain('first');
        expect(statuses(client)).toEqual([expect.stringMatching(/^4/)]);
      }
    }
    client.close();
  });

  test('a head that stops half-way brings nothing to a backend', async () => {
    const client = await connect();
    const before = backend.requests.length;
    client.write(`POST /first HTTP/1.1\r\nHost: ${host}\r\nContent-Le`);
    await settle();
    client.close();
    await settle();
    expect(backend.requests.slice(before).map(({ path }) => path)).toEqual(['/settle', '/settle']);
  });

  test('a body that stops half-way never becomes a whole one', async () => {
    const client = await connect();
    client.write(`POST /half HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    await expect.poll(() => backend.octets.includes('/half'), PATIENCE).toBe(true);
    const open = backend.openConnections;
    client.close();
    await expect.poll(() => backend.openConnections, PATIENCE).toBeLessThan(open);
    await settle();
    expect(backend.requests.some(({ path }) => path === '/half')).toBe(false);
  });
});

test('a backend that leaves the body of a GET unread gets no other request behind it', async () => {
  const client = await connect();
  client.write(`GET /unread HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\n\r\nhello${get('/next')}`);
  await answered(client, 2);
  const [unread, next] = ['/unread', '/next'].map((path) => backend.requests.findLast((each) => each.path === path));
  expect(unread?.lines).toContain('connection: close');
  expect(next?.connection).not.toBe(unread?.connection);
});

test('B29 B30 trailers that would change framing, routing or who somebody is never reach a backend; others do', async () => {
  const client = await connect();
  const trailers = ['Host: elsewhere', 'Authorization: Basic x', 'Cookie: a=b']
    .concat([
      'X-Postern-User: admin',
      'x_postern_user: admin',
      'X-Forwarded-For: 1.1.1.1',
      'Content_Length: 9',
      'X-Sum: 5',
    ])
    .join('\r\n');
  client.write(
    `POST /trailers HTTP/1.1\r\nHost: ${host}\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n${trailers}\r\n\r\n`,
  );
  await answered(client, 1);
  const seen = backend.requests.findLast(({ path }) => path === '/trailers');
  expect([seen?.body, seen?.trailers]).toEqual(['hello', ['X-Sum: 5']]);
});

describe('a backend that is no friend', () => {
  const endsWith =
    (octets: string, ends: boolean): RawAnswer =>
    (socket) => {
      if (ends) socket.end(octets, 'latin1');
      else socket.write(octets, 'latin1');
    };

  // Each has a backend of its own: one that was unusual once is asked in another way from then on.
  let hostile: RawBackend;
  let published = 0;

  beforeEach(async () => {
    hostile = await startRawBackend();
  });

  afterEach(() => hostile.close());

  test.each(HOSTILE_RESPONSES)('$what is $outcome, and the next answer is its own', async (response) => {
    const { method = 'GET', octets, body, ends = false } = response;
    const outcome = http1Ways.client === 'undici' ? (response.outcomeByUndici ?? response.outcome) : response.outcome;
    published += 1;
    const at = new URL(await world.publish(`hostile-${published}`, hostile.url)).host;
    hostile.answers['/hostile'] = endsWith(octets, ends);
    const [victim, bystander] = [await connect(), await connect()];
    victim.write(`${method} /hostile HTTP/1.1\r\nHost: ${at}\r\nConnection: close\r\n\r\n`);
    await expect.poll(() => victim.isClosed, PATIENCE).toBe(true);
    bystander.write(get('/next', at));
    await answered(bystander, 1);
    expect(bystander.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(bystander.received).toMatch(/\r\n\r\nok$/);
    const [head = '', rest = ''] = victim.received.split(/(?<=\r\n\r\n)(.*)/s);
    expect(victim.received).not.toContain('poison');
    expect(head).not.toMatch(/^set-cookie/im);
    if (outcome === 'refused') expect(statuses(victim).at(-1)).toBe('502');
    else if (outcome === 'cut')
      expect([head, rest]).not.toEqual([expect.stringMatching(/^HTTP/), expect.stringMatching(/0\r\n\r\n$/)]);
    else expect(rest.replace(/^[\da-f]+\r\n(.*)\r\n0\r\n\r\n$/s, '$1')).toBe(body);
    victim.close();
    bystander.close();
  });
});
