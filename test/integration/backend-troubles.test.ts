import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { askHttp2, connectHttp2 } from '../helpers/http2-client.ts';
import { type HttpsAnswer, askHttps } from '../helpers/https-client.ts';
import { type TestAuthority, makeAuthority } from '../helpers/make-authority.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { type Http2Origin, startHttp2Origin } from '../helpers/start-http2-origin.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

let world: Http2World;
let origin: Origin;
let http2Origin: Http2Origin;
let authority: TestAuthority;
const secured: Origin[] = [];
let names = 0;

beforeAll(async () => {
  world = await startHttp2World();
  [origin, http2Origin, authority] = await Promise.all([
    startOrigin(),
    startHttp2Origin(),
    makeAuthority('Company authority'),
  ]);
});

afterAll(async () => {
  await world.close();
  await Promise.all([origin, http2Origin, ...secured].map((each) => each.close()));
});

async function publish(internalUrl: string, publishing: Partial<OnPremisesPublishing> = {}): Promise<string> {
  names += 1;
  return world.publish(`app${names}`, internalUrl, publishing);
}

/** Asks as a program; right after publishing, until the configuration has reached the connector. */
async function ask(url: string): Promise<HttpsAnswer> {
  for (;;) {
    const answer = await askHttps(url, world.ca);
    if (!answer.body.includes('APPLICATION_UNKNOWN')) return answer;
  }
}

/** What both ends wrote down of the request that an answer is of. */
async function linesOf(answer: HttpsAnswer): Promise<unknown[]> {
  const activityId = answer.headers['x-postern-activity-id'];
  const service = () =>
    world.logLines.filter((line) => line['activityId'] === activityId && line['msg'] === 'edge.request');
  const connector = () => world.traffic().filter((record) => record.activityId === activityId);
  await expect.poll(() => service().length).toBe(1);
  return [...service(), ...connector()];
}

function problemOf(answer: HttpsAnswer): Record<string, unknown> {
  return JSON.parse(answer.body) as Record<string, unknown>;
}

describe('timeouts', () => {
  test('B42 a backend that is silent for longer than the application allows: 504 that names the hop', async () => {
    const url = await publish(origin.url, { applicationServerTimeoutSeconds: 1 });
    const answer = await ask(`${url}silent`);
    expect(answer.status).toBe(504);
    expect(problemOf(answer)).toMatchObject({ code: 'BACKEND_TIMEOUT', hop: 'backend', title: 'Backend timeout' });
    await origin.aborted('/silent');
    const cause = { errorCode: 'BACKEND_TIMEOUT', errorCause: expect.stringContaining('within 1 s') as string };
    expect(await linesOf(answer)).toEqual([
      expect.objectContaining({ ...cause, status: 504, hop: 'backend' }),
      expect.objectContaining({ ...cause, outcome: 'failed', errorHop: 'backend' }),
    ]);
  });

  test('B42 the same over HTTP/2 to the backend', async () => {
    const url = await publish(http2Origin.url, { applicationServerTimeoutSeconds: 1, backendHttpVersion: 'http2' });
    expect(problemOf(await ask(`${url}silent`))).toMatchObject({ status: 504, code: 'BACKEND_TIMEOUT' });
  });

  test('B42 the clock stops at the head: a stream that pauses for longer goes on', async () => {
    const url = await publish(origin.url, { applicationServerTimeoutSeconds: 1 });
    const answer = await ask(`${url}pause/2200`);
    expect([answer.status, answer.body]).toEqual([200, 'before after']);
  });

  test.each(['http1', 'http2'] as const)(
    'B42 an upload that its user pauses for longer is no silence of the backend (%s)',
    async (backendHttpVersion) => {
      const backend = backendHttpVersion === 'http1' ? origin : http2Origin;
      const url = await publish(backend.url, { applicationServerTimeoutSeconds: 1, backendHttpVersion });
      await ask(`${url}bytes/1`);
      const user = await connectHttp2(url, world.ca);
      const upload = user.request({ ':method': 'POST', ':path': '/hash' });
      const answered = new Promise<number>((resolve) => {
        upload.on('response', (headers) => resolve(Number(headers[':status'])));
      });
      upload.write('first');
      await new Promise<void>((resolve) => setTimeout(resolve, 2200));
      upload.end('second');
      upload.resume();
      expect(await answered).toBe(200);
      user.destroy();
    },
  );

  test('B42 B53 a WebSocket lives as long as its ends want, or as long as the application lets it idle', async () => {
    const [endless, short] = await Promise.all([
      publish(origin.url),
      publish(origin.url, { webSocketIdleTimeoutSeconds: 1 }),
    ]);
    await Promise.all([ask(`${endless}bytes/1`), ask(`${short}bytes/1`)]);
    const open = async (url: string): Promise<WebSocket> => {
      const socket = new WebSocket(`${url.replace('https', 'wss')}ws`, {
        ca: world.ca,
        lookup: loopbackLookup,
      });
      await once(socket, 'open');
      return socket;
    };
    const [living, idle] = await Promise.all([open(endless), open(short)]);
    const openedAtMs = performance.now();
    // A word now and then keeps it.
    for (let count = 0; count < 4; count += 1) {
      await new Promise<void>((resolve) => setTimeout(resolve, 400));
      idle.send('still here');
      await once(idle, 'message');
    }
    await once(idle, 'close');
    expect(performance.now() - openedAtMs).toBeGreaterThan(2500);
    await expect.poll(() => world.traffic().at(-1)).toMatchObject({ errorCode: 'STREAM_IDLE', errorHop: 'policy' });
    expect(living.readyState).toBe(WebSocket.OPEN);
    living.terminate();
  });
});

describe('backends that can not be reached', () => {
  test('B44 refused: 502, and the cause in plain words in the log of both ends, by one id', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const answer = await ask(await publish(`http://127.0.0.1:${port}`));
    expect(problemOf(answer)).toMatchObject({
      status: 502,
      title: 'Bad gateway',
      code: 'BACKEND_REFUSED',
      hop: 'connect',
    });
    // Users learn nothing of the inside.
    expect(answer.body).not.toContain(String(port));
    const cause = {
      errorCode: 'BACKEND_REFUSED',
      errorCause: expect.stringContaining(`Nothing listens at 127.0.0.1 port ${port}`) as string,
    };
    expect(await linesOf(answer)).toEqual([
      expect.objectContaining({ ...cause, hop: 'connect' }),
      expect.objectContaining({ ...cause, errorHop: 'connect' }),
    ]);
  });

  test('B44 unresolvable and reset: 502 with their own codes and hops', async () => {
    expect(problemOf(await ask(await publish('http://no-such-host.invalid')))).toMatchObject({
      status: 502,
      code: 'BACKEND_UNRESOLVED',
      hop: 'dns',
    });
    const url = await publish(origin.url);
    expect(problemOf(await ask(`${url}reset`))).toMatchObject({ status: 502, code: 'BACKEND_RESET', hop: 'backend' });
  });

  test('B44 a connection that breaks within the answer is in the log of both ends', async () => {
    const url = await publish(origin.url);
    await ask(`${url}bytes/1`);
    const user = await connectHttp2(url, world.ca);
    await expect(askHttp2(user, { ':path': '/cut' })).rejects.toThrow('NGHTTP2_INTERNAL_ERROR');
    user.destroy();
    const record = world.traffic().at(-1);
    expect(record).toMatchObject({ errorCode: 'BACKEND_RESET', status: 200 });
    await expect
      .poll(() => world.logLines.filter((line) => line['activityId'] === record?.activityId))
      .toMatchObject([
        { msg: 'edge.request', status: 200, isComplete: false, errorCode: 'BACKEND_RESET', hop: 'backend' },
      ]);
  });

  test("B47 the backend's own 4xx and 5xx pass unchanged", async () => {
    const url = await publish(origin.url);
    await ask(`${url}bytes/1`);
    for (const status of [400, 401, 403, 404, 413, 429, 431, 500, 502, 503, 504]) {
      const answer = await ask(`${url}status/${status}`);
      expect([answer.status, answer.body, answer.headers['retry-after']]).toEqual([status, 'status', undefined]);
    }
  });
});

describe('B48 certificates of backends', () => {
  async function secure(certificate: { cert: string; key: string }, host = '127.0.0.1'): Promise<string> {
    const started = await startOrigin({ tls: certificate });
    secured.push(started);
    return `https://${host}:${started.port}`;
  }

  async function codeOf(internalUrl: string, publishing: Partial<OnPremisesPublishing> = {}): Promise<unknown> {
    const url = await publish(internalUrl, { isBackendCertificateValidationEnabled: true, ...publishing });
    const answer = await ask(`${url}bytes/2`);
    return answer.status === 200 ? 200 : problemOf(answer)['code'];
  }

  test('B48 each problem is named: self-signed, unknown issuer, another name, expired, no TLS', async () => {
    const selfSigned = await secure(await makeCertificate([], ['127.0.0.1']));
    const good = await secure(await authority.issue(['127.0.0.1']));
    const expired = await secure(await authority.issue(['127.0.0.1'], { notAfter: new Date(Date.now() - 86_400_000) }));
    const other = await secure(await authority.issue(['other.example']));
    const trusting = { backendTrustedCertificates: authority.cert };
    expect(await codeOf(selfSigned)).toBe('BACKEND_CERTIFICATE_SELF_SIGNED');
    expect(await codeOf(good)).toBe('BACKEND_CERTIFICATE_ISSUER');
    expect(await codeOf(expired, trusting)).toBe('BACKEND_CERTIFICATE_EXPIRED');
    expect(await codeOf(other, trusting)).toBe('BACKEND_CERTIFICATE_NAME');
    expect(await codeOf(origin.url.replace('http:', 'https:'))).toBe('BACKEND_TLS');
    const causes = world
      .traffic()
      .slice(-5)
      .map(({ errorCause }) => errorCause);
    expect(causes[0]).toContain('The certificate of 127.0.0.1 is self-signed');
    expect(causes[1]).toContain('authority that this machine does not know');
    expect(causes[2]).toContain('has expired');
    expect(causes[3]).toContain('is for other names: DNS:other.example');
    expect(await codeOf(expired, { isBackendCertificateValidationEnabled: false })).toBe(200);
  });

  test.each(['auto', 'http1'] as const)(
    'B48 a private authority is trusted for the application that brings it, and for no other (%s)',
    async (backendHttpVersion) => {
      const backend = await secure(await authority.issue(['intranet.localhost']), 'intranet.localhost');
      const trusting = { backendHttpVersion, backendTrustedCertificates: authority.cert };
      expect(await codeOf(backend, trusting)).toBe(200);
      expect(await codeOf(backend, { backendHttpVersion })).toBe('BACKEND_CERTIFICATE_ISSUER');
      const selfSigned = await makeCertificate([], ['127.0.0.1']);
      expect(
        await codeOf(await secure(selfSigned), { backendHttpVersion, backendTrustedCertificates: selfSigned.cert }),
      ).toBe(200);
    },
  );

  test('B48 what is no authority is refused by the API, with the reason', async () => {
    const refusal = async (pem: string): Promise<string> => {
      const { status, body } = await world.api('POST', '/applications', {
        displayName: 'Refused',
        onPremisesPublishing: {
          externalUrl: `${world.serviceUrl.replace('localhost', 'refused.postern.localhost')}/`,
          internalUrl: 'https://intranet.example/',
          backendTrustedCertificates: pem,
        },
      });
      expect(status).toBe(400);
      const { message, target } = body['error'] as { message: string; target: string };
      expect(target).toBe('onPremisesPublishing.backendTrustedCertificates');
      return message;
    };
    const leaf = await authority.issue(['intranet.example']);
    expect(await refusal('a certificate')).toContain('has no certificate');
    expect(await refusal(leaf.cert)).toContain('is no authority');
    expect(await refusal(authority.cert + leaf.key)).toContain('has a private key');
    expect(await refusal(authority.cert.replace(/\n.{20}/, '\nAAAA'))).toContain('damaged');
  });
});
