import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { valuesOf } from '../helpers/forwarder-client.ts';
import { type Http2Answer, askHttp2, connectHttp2, readAnswer } from '../helpers/http2-client.ts';
import { type HttpsAnswer, type HttpsQuestion, askHttps } from '../helpers/https-client.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { startEdge } from '../helpers/start-edge.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { startProvider } from '../helpers/start-provider.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

let world: Http2World;
let origin: Origin;
let names = 0;

beforeAll(async () => {
  [world, origin] = await Promise.all([
    startHttp2World({
      limits: { applicationRequestsPerSecond: 20, requestsPerSecond: 30, clientRequestsPerSecond: 0 },
    }),
    startOrigin(),
  ]);
});

afterAll(async () => {
  await world.close();
  await origin.close();
});

/** Publishes the origin and waits until the connector knows of it. The application has no rate unless one is given. */
async function publish(publishing: Partial<OnPremisesPublishing> = {}): Promise<string> {
  names += 1;
  const url = await world.publish(`app${names}`, origin.url, { maximumRequestsPerSecond: 0, ...publishing });
  // Until the connector has it, and the rate of the whole service lets it pass.
  while ((await ask(`${url}bytes/1`)).status !== 200) await new Promise<void>((resolve) => setTimeout(resolve, 50));
  return url;
}

async function ask(url: string, question?: HttpsQuestion): Promise<HttpsAnswer> {
  return askHttps(url, world.ca, question);
}

/** What came of `count` requests at once, and the most that a rate lets through in the time that they took. */
async function flood(
  url: string,
  count: number,
): Promise<{
  readonly passed: number;
  readonly refused: readonly Http2Answer[];
  readonly most: (perSecond: number) => number;
}> {
  const user = await connectHttp2(url, world.ca);
  const beganAtMs = performance.now();
  const answers = await Promise.all(Array.from({ length: count }, () => askHttp2(user, { ':path': '/bytes/1' })));
  const seconds = (performance.now() - beganAtMs) / 1000;
  user.destroy();
  const refused = answers.filter(({ status }) => status === 429);
  const passed = answers.filter(({ status }) => status === 200).length;
  expect(passed + refused.length).toBe(count);
  return { passed, refused, most: (perSecond) => Math.ceil(perSecond * (1 + seconds)) + 1 };
}

describe('B49 the size of a body', () => {
  let url: string;

  beforeAll(async () => {
    url = await publish({ maximumRequestBodyBytes: 100_000 });
  });

  test('B49 what fits passes, with a length and in chunks', async () => {
    const body = Buffer.alloc(100_000, 'x');
    expect((await ask(`${url}hash`, { method: 'POST', headers: ['Content-Length', '100000'], body })).status).toBe(200);
    const chunked = ['Transfer-Encoding', 'chunked'];
    expect((await ask(`${url}hash`, { method: 'POST', headers: chunked, body })).status).toBe(200);
    expect((await ask(`${await publish()}hash`, { method: 'POST', body: Buffer.alloc(300_000) })).status).toBe(200);
  });

  test('B49 a length that says too much gets 413 at once, and nothing reaches the backend', async () => {
    const seen = origin.requests.length;
    const request = open(`${url}hash`, ['Content-Length', '100001', 'Expect', '100-continue']);
    request.flushHeaders();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    expect(JSON.parse(await text(response))).toMatchObject({ code: 'EDGE_BODY_TOO_LARGE', hop: 'policy' });
    expect(origin.requests).toHaveLength(seen);
  });

  test('B49 in chunks 413 comes while the user sends, the backend is let go, and the connection ends cleanly', async () => {
    const request = open(`${url}endless-post`, ['Transfer-Encoding', 'chunked']);
    const errors: Error[] = [];
    request.on('error', (error) => errors.push(error));
    let sentBytes = 0;
    const chunk = Buffer.alloc(16_384);
    const pump = setInterval(() => {
      if (sentBytes > 2_000_000) return;
      sentBytes += chunk.length;
      request.write(chunk);
    }, 2);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    expect(response.headers.connection).toBe('close');
    expect(JSON.parse(await text(response))).toMatchObject({ code: 'EDGE_BODY_TOO_LARGE' });
    clearInterval(pump);
    request.destroy();
    await origin.aborted('/endless-post');
    expect(errors).toEqual([]);
  });

  test('B49 the same over HTTP/2 ends the stream, not the connection', async () => {
    const user = await connectHttp2(url, world.ca);
    const stream = user.request({ ':method': 'POST', ':path': '/endless-http2' });
    const answered = readAnswer(stream);
    stream.write(Buffer.alloc(200_000));
    const { status, body } = await answered;
    expect([status, JSON.parse(body.toString())]).toMatchObject([413, { code: 'EDGE_BODY_TOO_LARGE' }]);
    await origin.aborted('/endless-http2');
    expect((await askHttp2(user, { ':path': '/bytes/3' })).status).toBe(200);
    user.destroy();
  });

  function open(target: string, headers: readonly string[]): ClientRequest {
    return httpsRequest(target, {
      method: 'POST',
      ca: world.ca,
      agent: false,
      lookup: loopbackLookup,
      headers: ['Host', new URL(target).host, ...headers],
    });
  }
});

describe('B32 headers', () => {
  const many = (count: number, value = '1'): string[] =>
    Array.from({ length: count }, (_, index) => [`x-${index}`, value]).flat();

  test.each(['HTTP/1.1', 'HTTP/2'])('B32 200 headers and 64 KiB pass, not one is lost (%s)', async (version) => {
    const url = await publish();
    for (const headers of [many(200), many(64, 'v'.repeat(1000)), many(900)]) {
      await askEither(version, url, headers, 200);
      const names = (origin.requests.at(-1)?.rawHeaders ?? []).filter((name) => /^x-\d+$/.test(name));
      expect(names).toHaveLength(headers.length / 2);
    }
  });

  test.each(['HTTP/1.1', 'HTTP/2'])(
    'B32 above the count and above the size 431, nothing is dropped in silence (%s)',
    async (version) => {
      const url = await publish();
      const seen = origin.requests.length;
      for (const headers of [many(1100), many(1500), many(100, 'v'.repeat(1000))]) {
        const body = await askEither(version, url, headers, 431);
        expect(JSON.parse(body)).toMatchObject({ code: 'EDGE_HEADERS_TOO_LARGE', hop: 'client' });
      }
      expect(origin.requests).toHaveLength(seen);
    },
  );

  test('B32 far above the size 431 on HTTP/1.1, as a page, and the end of the connection', async () => {
    const url = await publish();
    const answer = await ask(url, { headers: many(200, 'v'.repeat(1000)) });
    expect([answer.status, answer.headers.connection]).toEqual([431, 'close']);
    expect(answer.body).toContain(String(answer.headers['x-postern-activity-id']));
  });

  async function askEither(version: string, url: string, headers: readonly string[], status: number): Promise<string> {
    if (version === 'HTTP/1.1') {
      const answer = await ask(`${url}bytes/1`, { headers });
      expect(answer.status).toBe(status);
      return answer.body;
    }
    const user = await connectHttp2(url, world.ca);
    const fields: Record<string, string> = { ':path': '/bytes/1' };
    for (let index = 0; index < headers.length; index += 2)
      fields[headers[index] as string] = headers[index + 1] as string;
    const answer = await askHttp2(user, fields);
    user.destroy();
    expect(answer.status).toBe(status);
    return answer.body.toString();
  }
});

describe('B31 Strict-Transport-Security', () => {
  const target = 'header?name=Strict-Transport-Security&value=max-age%3D1%3B%20includeSubDomains';
  const hsts = ({ rawHeaders }: HttpsAnswer): string[] => valuesOf(rawHeaders, 'strict-transport-security');

  test("B31 the backend's own is kept; where it has none, the application may have us add one, to our pages too", async () => {
    const [plain, added] = await Promise.all([publish(), publish({ strictTransportSecurityMaxAgeSeconds: 86_400 })]);
    expect(hsts(await ask(plain + target))).toEqual(['max-age=1; includeSubDomains']);
    expect(hsts(await ask(`${plain}bytes/1`))).toEqual([]);
    expect(hsts(await ask(added + target))).toEqual(['max-age=1; includeSubDomains']);
    expect(hsts(await ask(`${added}bytes/1`))).toEqual(['max-age=86400']);
    const failed = await ask(`${added}reset`);
    expect([failed.status, hsts(failed)]).toEqual([502, ['max-age=86400']]);
  });
});

// Last, since they use up what others need.
describe('B46 rates', () => {
  test('B46 more requests at once than the application takes: 503, until one is over', async () => {
    const url = await publish({ maximumConcurrentRequests: 2 });
    const user = await connectHttp2(url, world.ca);
    const open = [user.request({ ':path': '/silent' }), user.request({ ':path': '/sse' })];
    for (const stream of open) stream.on('error', () => undefined);
    await expect
      .poll(() => world.traffic().filter(({ outcome }) => outcome === 'open').length)
      .toBeGreaterThanOrEqual(2);
    const refused = await ask(`${url}bytes/1`);
    expect(JSON.parse(refused.body)).toMatchObject({ status: 503, code: 'EDGE_OVERLOADED' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    open[0]?.destroy();
    await expect.poll(async () => (await ask(`${url}bytes/1`)).status).toBe(200);
    user.destroy();
  });

  test('B46 above the rate of the application 429 with Retry-After, and later again', async () => {
    const url = await publish({ maximumRequestsPerSecond: 5 });
    const { passed, refused, most } = await flood(url, 50);
    expect(passed).toBeLessThanOrEqual(most(5));
    const [first] = refused;
    expect(JSON.parse(String(first?.body))).toMatchObject({ status: 429, code: 'EDGE_RATE_LIMITED', hop: 'policy' });
    expect(valuesOf(first?.rawHeaders ?? [], 'retry-after')).toEqual(['1']);
    await expect.poll(async () => (await ask(`${url}bytes/1`)).status).toBe(200);
  });

  test('B46 one application does not take the share of another; where it says nothing, the configuration does', async () => {
    const [busy, quiet] = await Promise.all([publish({ maximumRequestsPerSecond: null }), publish()]);
    // The tests before took of the rate of the whole service, which must have room for more than one application's.
    await new Promise<void>((resolve) => setTimeout(resolve, 1000));
    const { passed, most } = await flood(busy, 90);
    expect(passed).toBeLessThanOrEqual(most(20));
    expect((await ask(`${quiet}bytes/1`)).status).toBe(200);
  });

  test('B46 above the rate of the whole service 429, whatever the application says', async () => {
    const url = await publish();
    const { passed, most } = await flood(url, 90);
    expect(passed).toBeLessThanOrEqual(most(30));
  });

  test('B46 strangers who flood from one address lock no signed-in person out', async () => {
    const provider = await startProvider();
    const edge = await startEdge({
      provider,
      configuration: { limits: { clientRequestsPerSecond: 20, requestsPerSecond: 50 } },
    });
    try {
      const url = await edge.publish('guarded.postern.localhost', { appRoleAssignmentRequired: false });
      const browser = new SignInBrowser();
      await browser.signIn(url, provider.user('alice'));
      const stranger = new SignInBrowser();
      const answers = await Promise.all(
        Array.from({ length: 250 }, async () => (await stranger.get(url, { accept: '*/*' })).status),
      );
      expect(new Set(answers)).toEqual(new Set([401, 429]));
      // Let through: there is no connector here.
      expect((await browser.get(url)).status).toBe(504);
    } finally {
      await edge.close();
      await provider.close();
    }
  });
});
