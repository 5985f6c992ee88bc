import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type RunningConnector, startConnector } from '../helpers/start-connector.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

/** What the backend saw of a request; it answers with it. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

let provider: StartedProvider;
let service: StartedService;
let connector: RunningConnector;
let backend: Server;
let app: string;

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  const bearer = await provider.automationToken();
  connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'administrator', accessToken: bearer },
  });
  backend = createServer((request, response) => {
    const { method, url, headers } = request;
    response.setHeader('Set-Cookie', ['own=1; Path=/', 'two=2']);
    void text(request).then((body) => response.end(JSON.stringify({ method, url, headers, body })));
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  app = service.externalUrl('echo');
  const internalUrl = `http://localhost:${(backend.address() as AddressInfo).port}/`;
  const answer = await fetch(`${service.apiBaseUrl}/applications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      displayName: 'Echo',
      appRoleAssignmentRequired: false,
      onPremisesPublishing: { externalUrl: app, internalUrl },
    }),
  });
  if (answer.status !== 201) throw new Error(`The backend was not published: ${answer.status}.`);
});

afterAll(async () => {
  await connector?.close();
  await service?.close();
  await provider?.close();
  backend?.closeAllConnections();
  await new Promise((resolve) => backend?.close(resolve));
});

async function signedIn(): Promise<SignInBrowser> {
  const browser = new SignInBrowser();
  await expect.poll(async () => (await browser.get(app)).status).toBe(302);
  await browser.signIn(app, provider.user('alice'));
  return browser;
}

describe('through the edge to a backend', () => {
  test('B12 the original target arrives octet for octet', async () => {
    const browser = await signedIn();
    for (const target of ['group%2Fproject/caf%C3%A9;v=1?q=a+b&r=%2F..%2F', 'a//b', '~x/%41']) {
      const page = await browser.open(app + target);
      expect(page.status).toBe(200);
      expect((JSON.parse(page.body) as Seen).url).toBe(`/${target}`);
    }
  });

  test('B15 B28 B30 B33 the backend sees the user by our headers and none of our cookies', async () => {
    const browser = await signedIn();
    const page = await browser.get(app, {
      cookie: `mine=1; ${[...(browser.jar.get('echo.postern.localhost') ?? [])].map((pair) => pair.join('=')).join('; ')}`,
      'x-postern-user': 'forged',
      'x-forwarded-for': '6.6.6.6',
    });
    const { headers } = JSON.parse(page.body) as Seen;
    expect(headers['cookie']).toBe('mine=1; own=1; two=2');
    expect(headers['x-postern-user']).toBeUndefined();
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(headers['x-forwarded-host']).toBe(new URL(app).host);
    expect(headers['x-forwarded-proto']).toBe('http');
    expect(headers['x-postern-activity-id']).toBe(page.headers['x-postern-activity-id']);
    expect(headers['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(page.headers['set-cookie']).toHaveLength(2);
  });

  test('B51 a body that waits for 100-continue arrives whole', async () => {
    const browser = await signedIn();
    const body = 'x'.repeat(300_000);
    const page = await browser.send(
      'POST',
      app,
      { expect: '100-continue', 'content-length': String(body.length) },
      body,
    );
    const seen = JSON.parse(page.body) as Seen;
    expect([page.status, seen.method, seen.body.length]).toEqual([200, 'POST', body.length]);
    expect(seen.headers['expect']).toBeUndefined();
  });
});
