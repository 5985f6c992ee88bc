import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type RelayHarness, startRelayHarness, until } from '../helpers/relay-harness.ts';
import { type Origin, originChunk, startOrigin } from '../helpers/start-origin.ts';

const SCRIPT = fileURLToPath(new URL('../interop/connector.py', import.meta.url));

/** What the script prints. */
type Line = { readonly event: string } & Record<string, unknown>;

let origin: Origin;
let harness: RelayHarness;
let connector: ChildProcessByStdio<null, Readable, Readable>;
let ended: Promise<unknown>;
let folder: string;
let diagnosis = '';
const lines: Line[] = [];

const lineOf = (event: string): Line | undefined => lines.find((line) => line.event === event);

beforeAll(async () => {
  origin = await startOrigin();
  harness = await startRelayHarness(origin.url);
  const identity = await harness.enrol('python');
  folder = mkdtempSync(path.join(tmpdir(), 'postern-python-'));
  const [certificateFile, keyFile] = [path.join(folder, 'certificate.pem'), path.join(folder, 'key.pem')];
  writeFileSync(certificateFile, identity.certificateChain.join('\n'));
  writeFileSync(keyFile, identity.privateKey, { mode: 0o600 });
  const { tunnelUrl, tunnelAudience, connectorId } = identity;
  connector = spawn('python3', [SCRIPT, tunnelUrl, tunnelAudience, connectorId, certificateFile, keyFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  connector.stderr.setEncoding('utf8').on('data', (text: string) => (diagnosis += text));
  createInterface({ input: connector.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Line));
  ended = once(connector, 'close');
  await until(() => lineOf('configured') !== undefined || diagnosis !== '');
  if (diagnosis !== '') throw new Error(diagnosis);
});

afterAll(async () => {
  connector.kill();
  await ended;
  await harness.close();
  await origin.close();
  rmSync(folder, { recursive: true });
});

describe('a connector written from docs/tunnel-protocol.md alone, in Python', () => {
  test('proves who it is and acknowledges its configuration', async () => {
    await until(() => harness.relay.liveConnectors()[0]?.configurationVersion === 1);
    expect(harness.relay.liveConnectors()).toMatchObject([
      { connectorId: 'python', machineName: 'interop', connectorVersion: 'python', tunnels: 1 },
    ]);
    expect(diagnosis).toBe('');
  });

  test('answers PING, and its own is answered with the same octets', async () => {
    await until(() => lineOf('pong') !== undefined);
    expect(lineOf('pong')?.['payload']).toBe(Buffer.from('8 octets').toString('hex'));
    await until(() => harness.relay.liveConnectors()[0]?.roundTripMs !== null);
  });

  test('serves GET with its headers, static names and literal ones, in either spelling', async () => {
    const response = await ask(`${harness.url}/echo?a=b%20c`, {
      headers: { 'X-Own': 'é'.normalize('NFC'), accept: 'a', 'Accept-Language': 'b' },
    });
    const seen = JSON.parse(response.body.toString()) as { method: string; url: string; headers: string[] };
    expect([response.status, seen.method, seen.url]).toEqual([200, 'GET', '/echo?a=b%20c']);
    expect(seen.headers).toEqual(expect.arrayContaining(['X-Own', 'é', 'accept', 'a', 'Accept-Language', 'b']));
  });

  test('carries a request body far beyond what rides along, and beyond its windows', async () => {
    const body = randomBytes(6_000_000);
    const response = await ask(`${harness.url}/hash`, {
      method: 'POST',
      headers: { 'Content-Length': String(body.length) },
      body,
    });
    const sha256 = createHash('sha256').update(body).digest('hex');
    expect(JSON.parse(response.body.toString())).toMatchObject({ bytes: body.length, sha256 });
  });

  test('carries a request of unknown length with its trailers', async () => {
    const request = httpRequest(`${harness.url}/hash`, { method: 'POST', agent: false, headers: { trailer: 'X-Sum' } });
    request.write('hello');
    request.addTrailers({ 'X-Sum': '5' });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const answer = JSON.parse(String(await response.setEncoding('utf8').toArray())) as object;
    expect(answer).toMatchObject({ bytes: 5, trailers: ['X-Sum', '5'] });
  });

  test('carries a response beyond the windows, and one with trailers', async () => {
    const { body } = await ask(`${harness.url}/bytes/6553600`);
    expect(body.equals(Buffer.concat(Array.from({ length: 100 }, () => originChunk(65_536))))).toBe(true);
    expect((await ask(`${harness.url}/trailers`)).trailers['x-checksum']).toBe('abc');
  });

  test('serves 50 requests at once, each its own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => ask(`${harness.url}/echo/${index}`)),
    );
    const urls = answers.map(({ body }) => (JSON.parse(body.toString()) as { url: string }).url);
    expect(urls).toEqual(Array.from({ length: 50 }, (_, index) => `/echo/${index}`));
  });

  test('resets what its backend broke, with the number of the code', async () => {
    const response = await ask(`${harness.url}/reset`, { method: 'POST' });
    expect([response.status, harness.failures.at(-1)]).toEqual([502, { code: 'BACKEND_RESET', hop: 'backend' }]);
  });

  test('ends the backend request of a user who went away', async () => {
    const request = httpRequest(`${harness.url}/bytes/100000000`, { agent: false });
    request.on('error', () => undefined).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    request.destroy();
    await origin.aborted('/bytes/100000000');
    await until(() => lineOf('reset') !== undefined);
    expect(lineOf('reset')?.['code']).toBe(1);
  });

  test('is told when the service drains', async () => {
    await harness.relay.drain(1000);
    await until(() => lineOf('goaway') !== undefined);
    expect([lineOf('goaway')?.['code'], diagnosis]).toEqual([23, '']);
  });
});
