import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  brotliCompressSync,
  brotliDecompressSync,
  createGzip,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { ForwarderClient, makeApplication } from '../helpers/forwarder-client.ts';
import { recentTraffic } from '../helpers/keeping-recorder.ts';
import { type RunningConnector, startConnector } from '../helpers/start-connector.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let provider: StartedProvider;
let service: StartedService;
let connector: RunningConnector;
let backend: Server;
let api: ApiClient;
/** What the backend does, by path; a test adds its own. */
const routes = new Map<string, Handler>();
/** What users see of the application, and what the backend calls itself; both end in `/`. */
let external: string;
let internal: string;

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  const token = await provider.automationToken();
  api = makeApiClient(service.apiBaseUrl, token);
  connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'administrator', accessToken: token },
  });
  backend = createServer((request, response) => {
    const handler = routes.get(request.url ?? '');
    if (handler === undefined) response.writeHead(404).end();
    else handler(request, response);
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  internal = `http://localhost:${port}/crm/`;
  external = service.externalUrl('crm');
  // Of another group, whose connectors stand elsewhere.
  const group = await api('POST', '/onPremisesPublishingProfiles/applicationProxy/connectorGroups', { name: 'Branch' });
  await publish('hr', service.externalUrl('hr'), 'https://hr.corp:8443/', {}, String(group.body.id));
  await publish('crm', external, internal, { isTranslateLinksInBodyEnabled: true });
  await publish('plain', service.externalUrl('plain'), `http://localhost:${port}/plain/`, {});
  await publish('scripts', service.externalUrl('scripts'), `http://localhost:${port}/scripts/`, {
    isTranslateLinksInBodyEnabled: true,
    isTranslateLinksInScriptsEnabled: true,
  });
});

afterAll(async () => {
  await connector?.close();
  await service?.close();
  await provider?.close();
  backend?.closeAllConnections();
  await new Promise((resolve) => backend?.close(resolve));
});

async function publish(
  name: string,
  externalUrl: string,
  internalUrl: string,
  change: object,
  connectorGroupId?: string,
): Promise<void> {
  const answer = await api('POST', '/applications', {
    displayName: name,
    ...(connectorGroupId !== undefined && { connectorGroupId }),
    onPremisesPublishing: { externalUrl, internalUrl, externalAuthenticationType: 'passthru', ...change },
  });
  expect(answer.status).toBe(201);
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Asks as a browser would, and takes the octets as they come. */
async function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const response = await begin(url, headers, method);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

async function begin(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
  const { port, host } = new URL(url);
  const path = url.slice(url.indexOf(host) + host.length);
  const request = get({ host: '127.0.0.1', port, path, method, headers: { host, ...headers } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** A route of the translated application that answers with this. */
function serve(path: string, headers: Record<string, string>, body: Buffer | string, folder = 'crm'): void {
  routes.set(`/${folder}/${path}`, (_request, response) => response.writeHead(200, headers).end(body));
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };

test('B36 B37 B38 pages and style sheets are translated; nothing else is', async () => {
  const page = (root: string, hr: string, folder: string): string =>
    `<!doctype html><a href="${root}a?b=c#d">é</a><img src=${folder}i.png><a href="${hr}leave">hr</a><p style="b: url('${folder}c')">${'x'.repeat(100_000)}<a href='${root}'>`;
  const original = page(internal, 'https://HR.corp:8443/', '/crm/');
  const expected = page(external, service.externalUrl('hr'), '/');
  serve('page', HTML, original);
  const answer = await ask(`${external}page`);
  expect(answer.body.toString()).toBe(expected);
  expect(answer.headers['content-length']).toBeUndefined();

  serve('style.css', { 'content-type': 'text/css' }, `a { b: url(${internal}c.png) } @import "/crm/d.css";`);
  expect((await ask(`${external}style.css`)).body.toString()).toBe(`a { b: url(${external}c.png) } @import "/d.css";`);
  for (const type of ['text/plain', 'application/json', 'text/javascript', 'text/event-stream', 'image/svg+xml', '']) {
    serve(
      'other',
      type === '' ? {} : { 'content-type': type, 'content-length': String(original.length + 1) },
      original,
    );
    const { body, headers } = await ask(`${external}other`);
    expect(body.toString()).toBe(original);
    if (type !== '') expect(headers['content-length']).toBe(String(original.length + 1));
  }
});

test('B36 B37 an application that does not ask for it is left alone; scripts are one that asks for them', async () => {
  const html = `<a href="${internal}">`;
  serve('page', HTML, html, 'plain');
  expect((await ask(`${service.externalUrl('plain')}page`)).body.toString()).toBe(html);
  serve(
    'data',
    { 'content-type': 'application/problem+json' },
    `{"a":"${internal.replaceAll('/', '\\/')}x"}`,
    'scripts',
  );
  expect((await ask(`${service.externalUrl('scripts')}data`)).body.toString()).toBe(
    `{"a":"${external.replaceAll('/', '\\/')}x"}`,
  );

  const refused = await api('POST', '/applications', {
    displayName: 'half',
    onPremisesPublishing: {
      externalUrl: service.externalUrl('half'),
      internalUrl: internal,
      isTranslateLinksInScriptsEnabled: true,
    },
  });
  expect(refused.status).toBe(400);
  expect(refused.body.error).toMatchObject({ target: 'onPremisesPublishing.isTranslateLinksInScriptsEnabled' });
});

describe('B39 content codings', () => {
  const original = (): string => `<p title="é">${'<b>bold</b>'.repeat(20_000)}<a href="${internal}x">`;
  const expected = (): string => original().replace(internal, external);

  test.each([
    ['gzip', gzipSync, gunzipSync],
    ['x-gzip', gzipSync, gunzipSync],
    ['deflate', deflateSync, inflateSync],
    ['deflate', deflateRawSync, inflateRawSync],
    ['br', brotliCompressSync, brotliDecompressSync],
    ['zstd', zstdCompressSync, zstdDecompressSync],
  ] as const)('%s is decoded and encoded again', async (coding, encode, decode) => {
    const encoded = encode(original());
    const headers = {
      ...HTML,
      'content-encoding': coding,
      'content-length': String(encoded.length),
      'content-md5': 'x',
      digest: 'sha-256=x',
      'accept-ranges': 'bytes',
      etag: '"v1"',
    };
    serve('coded', headers, encoded);
    const answer = await ask(`${external}coded`, { 'accept-encoding': coding });
    expect(decode(answer.body).toString()).toBe(expected());
    expect(answer.headers['content-encoding']).toBe(coding);
    expect(answer.headers.etag).toMatch(/^W\/"v1--s[\w-]{8}"$/);
    for (const name of ['content-length', 'content-md5', 'digest', 'accept-ranges']) {
      expect(answer.headers[name]).toBeUndefined();
    }
  });

  test('the backend is asked for nothing that could not be decoded; what comes all the same passes as it is', async () => {
    const seen: (string | undefined)[] = [];
    const octets = Buffer.from(`<a href="${internal}">`);
    routes.set('/crm/accept', (request, response) => {
      seen.push(request.headers['accept-encoding']);
      response.writeHead(200, { ...HTML, 'content-encoding': 'dcb' }).end(octets);
    });
    const answer = await ask(`${external}accept`, { 'accept-encoding': 'gzip, compress;q=0.5, br;q=0.9, dcb, *' });
    expect(seen).toEqual(['gzip, br;q=0.9']);
    expect(answer.body).toEqual(octets);
  });

  test.each([
    ['cut short', (octets: Buffer) => octets.subarray(0, octets.length - 20)],
    ['corrupt', (octets: Buffer) => Buffer.concat([octets.subarray(0, 20), Buffer.alloc(500, 7)])],
    ['not encoded at all', () => Buffer.from('<p>plain</p>')],
  ])('a body that is %s ends the response as failed', async (_what, spoil) => {
    for (const [coding, encode] of [
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
      ['zstd', zstdCompressSync],
    ] as const) {
      serve('spoilt', { ...HTML, 'content-encoding': coding }, spoil(encode(original())));
      await expect(ask(`${external}spoilt`)).rejects.toThrow(/aborted|socket hang up/);
    }
    const failed = recentTraffic(connector.engine).filter(({ url }) => url.endsWith('/spoilt'));
    expect(failed.slice(-3).map(({ outcome, errorCode }) => `${outcome} ${errorCode}`)).toEqual(
      Array.from({ length: 3 }, () => 'failed BACKEND_PROTOCOL'),
    );
  });

  test('an empty body with a coding stays empty', async () => {
    serve('empty', { ...HTML, 'content-encoding': 'gzip' }, '');
    expect(await ask(`${external}empty`)).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });
});

describe('B36 streaming', () => {
  test.each(['identity', 'gzip'])('the first octets go out before the last came in (%s)', async (coding) => {
    const more = Promise.withResolvers<void>();
    routes.set('/crm/slow', (_request, response) => {
      response.writeHead(200, { ...HTML, 'content-encoding': coding });
      const body = coding === 'gzip' ? createGzip() : response;
      if (body !== response) body.pipe(response);
      body.write(`<!doctype html><a href="${internal}first">`);
      if ('flush' in body) body.flush();
      void more.promise.then(() => body.end(`<a href="${internal}last">`));
    });
    const response = await begin(`${external}slow`);
    const chunks: Buffer[] = [];
    const text = (): string => {
      const octets = Buffer.concat(chunks);
      return coding === 'gzip' ? gunzipSync(octets, { finishFlush: 2 }).toString() : octets.toString();
    };
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    const first = `<!doctype html><a href="${external}first">`;
    await expect.poll(() => (chunks.length === 0 ? '' : text()), { timeout: 30_000 }).toBe(first);
    more.resolve();
    await once(response, 'end');
    expect(text()).toBe(`<!doctype html><a href="${external}first"><a href="${external}last">`);
  });

  test.each(['identity', 'gzip'])(
    'a reader that stops stops the backend, and gets all when it goes on (%s)',
    async (coding) => {
      const total = 4000;
      let written = 0;
      routes.set('/crm/long', (_request, response) => {
        response.writeHead(200, { ...HTML, 'content-encoding': coding });
        const body = coding === 'gzip' ? createGzip({ level: 1 }) : response;
        if (body !== response) body.pipe(response);
        const write = (): void => {
          while (written < total) {
            written += 1;
            // Noise, so that its octets are many however they are encoded.
            if (!body.write(`<p>${randomBytes(6000).toString('base64')}<a href="${internal}">\n`)) {
              body.once('drain', write);
              return;
            }
          }
          body.end();
        };
        write();
      });
      // The user's end of a tunnel in this process, which holds no more than the tunnel's window.
      const client = new ForwarderClient([
        makeApplication({ internalUrl: internal, isTranslateLinksInBodyEnabled: true }),
      ]);
      try {
        const exchange = client.open('/long');
        exchange.isReading = false;
        await expect.poll(() => exchange.receivedBytes, { timeout: 10_000 }).toBeGreaterThan(200_000);
        for (let before = -1; before !== written;) {
          before = written;
          for (let turn = 0; turn < 50; turn += 1) await client.ask('/page');
        }
        expect(exchange.receivedBytes).toBeLessThanOrEqual(1_048_576);
        expect(written).toBeLessThan(total);
        exchange.resumeReading();
        const { body } = await exchange.response();
        const text = coding === 'gzip' ? gunzipSync(body).toString() : body.toString();
        expect(text.split('<a href="https://app.example.com/">\n')).toHaveLength(total + 1);
      } finally {
        await client.close();
      }
    },
  );

  test('a decompression bomb is but a long page', async () => {
    const bomb = gzipSync(Buffer.alloc(16 * 1_048_576, ' '));
    serve('bomb', { ...HTML, 'content-encoding': 'gzip' }, bomb);
    const { body } = await ask(`${external}bomb`);
    expect(gunzipSync(body)).toHaveLength(16 * 1_048_576);
  });
});

describe('B39 conditions and parts', () => {
  const seen: IncomingMessage['headers'][] = [];

  beforeAll(() => {
    routes.set('/crm/tagged', (request, response) => {
      seen.push(request.headers);
      const etag = '"v1"';
      if (request.headers['if-none-match']?.includes(etag) === true) response.writeHead(304, { etag }).end();
      else if (request.headers.range !== undefined) {
        response.writeHead(206, { ...HTML, etag, 'content-range': 'bytes 0-4/999' }).end('<a hr');
      } else response.writeHead(200, { ...HTML, etag, 'last-modified': 'yesterday' }).end(`<a href="${internal}">`);
    });
  });

  test('a browser finds its copy fresh by the tag that it was given, and by no tag of another translation', async () => {
    const first = await ask(`${external}tagged`);
    const tag = String(first.headers.etag);
    expect(tag).toMatch(/^W\/"v1--s[\w-]{8}"$/);
    const again = await ask(`${external}tagged`, { 'if-none-match': tag, 'if-modified-since': 'yesterday' });
    expect(again).toMatchObject({ status: 304, headers: { etag: tag } });
    expect(seen.at(-1)).toMatchObject({ 'if-none-match': '"v1"', 'if-modified-since': 'yesterday' });
    const stale = await ask(`${external}tagged`, {
      'if-none-match': 'W/"v1--s00000000"',
      'if-modified-since': 'yesterday',
    });
    expect(stale.status).toBe(200);
    expect(seen.at(-1)?.['if-modified-since']).toBeUndefined();
    await ask(`${external}tagged`, { 'if-match': tag });
    expect(seen.at(-1)?.['if-match']).toBe('"v1"');
  });

  test('a part is passed as it is, and none is asked for of a translated whole', async () => {
    expect(await ask(`${external}tagged`, { range: 'bytes=0-4' })).toMatchObject({
      status: 206,
      headers: { etag: '"v1"' },
      body: Buffer.from('<a hr'),
    });
    const tag = String((await ask(`${external}tagged`)).headers.etag);
    expect((await ask(`${external}tagged`, { range: 'bytes=0-4', 'if-range': tag })).status).toBe(200);
  });

  test('HEAD says the same of a page as GET', async () => {
    const whole = await ask(`${external}tagged`);
    const head = await ask(`${external}tagged`, {}, 'HEAD');
    expect(head.headers.etag).toBe(whole.headers.etag);
    expect(head.headers['content-length']).toBeUndefined();
    expect(head.body).toHaveLength(0);
  });

  test('a download stays what was stored', async () => {
    serve('file', { ...HTML, 'content-disposition': 'attachment; filename=a.html' }, `<a href="${internal}">`);
    expect((await ask(`${external}file`)).body.toString()).toBe(`<a href="${internal}">`);
  });
});
