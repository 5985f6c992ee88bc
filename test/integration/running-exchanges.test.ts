import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';

let world: PublishingWorld;
let origin: Origin;
let app: string;
let appId: string;
let assignmentPath: string;
let browser: SignInBrowser;
let count = 0;

beforeAll(async () => {
  const service = { sessions: { refreshIntervalSeconds: 1 } };
  [world, origin] = await Promise.all([startPublishingWorld({}, service), startOrigin()]);
});

afterAll(async () => {
  await world?.close();
  await origin?.close();
});

beforeEach(async () => {
  app = world.service.externalUrl(`app${count++}`);
  appId = await world.publish({
    externalUrl: app,
    internalUrl: `${origin.url}/`,
    externalAuthenticationType: 'aadPreAuthentication',
  });
  const path = `/servicePrincipals/${appId}/appRoleAssignedTo`;
  const assigned = await world.api('POST', path, {
    principalId: world.provider.user('alice').id,
    principalType: 'User',
  });
  assignmentPath = `${path}/${assigned.body.id}`;
  browser = new SignInBrowser();
  await browser.signIn(`${app}mirror`, world.provider.user('alice'));
});

afterEach(() => {
  world.provider.setUserDisabled(world.provider.user('alice').id, false);
});

interface Running {
  /** Resolves with the time from `sinceMs` until both were cut, ms. */
  cut(): Promise<number>;
  /** What the WebSocket closes with. */
  readonly closing: Promise<{ readonly code: number; readonly reason: string }>;
  readonly isOpen: () => boolean;
}

/** An open WebSocket and an event stream that goes on for long, both of the browser's session. */
async function begin(): Promise<Running> {
  const { hostname, host } = new URL(app);
  const cookie = [...(browser.jar.get(hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  const socket = new WebSocket(`ws://127.0.0.1:${world.port}/ws`, { headers: { host, cookie } });
  const socketClosed = once(socket, 'close') as Promise<[number, Buffer]>;
  await once(socket, 'open');
  const outgoing = request({
    host: '127.0.0.1',
    port: world.port,
    path: '/ticks/100000',
    headers: { host, cookie },
    agent: false,
  });
  outgoing.end();
  const [stream] = (await once(outgoing, 'response')) as [IncomingMessage];
  expect(stream.statusCode).toBe(200);
  const streamFailed = new Promise<Error>((resolve, reject) => {
    stream.once('error', resolve);
    stream.once('end', () => reject(new Error('The stream ended as if it were whole.')));
  });
  stream.resume();
  return {
    closing: socketClosed.then(([code, reason]: [number, Buffer]) => ({ code, reason: reason.toString() })),
    isOpen: () => socket.readyState === WebSocket.OPEN && !stream.destroyed,
    cut: async () => {
      const beganMs = performance.now();
      await Promise.all([socketClosed, streamFailed]);
      return performance.now() - beganMs;
    },
  };
}

test('B21 signing out ends an open WebSocket and a stream within a second', async () => {
  const running = await begin();
  await browser.open(`${app}?appproxy=logout`);
  expect(await running.cut()).toBeLessThan(1000);
  expect(await running.closing).toEqual({ code: 1008, reason: 'EDGE_UNAUTHENTICATED' });
  expect((await browser.get(`${app}mirror`)).status).toBe(302);
});

test('B21 signing out of this application alone ends what is under way in it within a second', async () => {
  const running = await begin();
  const page = await browser.get(`${app}.postern/signout/application`);
  expect(await running.cut()).toBeLessThan(1000);
  expect((await browser.get(`${app}mirror`)).status).toBe(302);
  const again = /href="([^"]+again=1)"/.exec(page.body)?.[1] ?? '';
  await browser.open(new URL(again.replaceAll('&amp;', '&'), app).href);
  expect((await browser.get(`${app}mirror`)).status).not.toBe(302);
});

test('B22 an assignment that is removed ends what is under way within a second', async () => {
  const running = await begin();
  expect((await world.api('DELETE', assignmentPath)).status).toBe(204);
  expect(await running.cut()).toBeLessThan(1000);
  expect((await browser.get(`${app}mirror`)).status).toBe(403);
});

test('B22 an application that is disabled ends what is under way within a second; another change ends nothing', async () => {
  const running = await begin();
  const change = (onPremisesPublishing: object) =>
    world.api('PATCH', `/applications/${appId}`, { onPremisesPublishing });
  expect((await change({ strictTransportSecurityMaxAgeSeconds: 60 })).status).toBe(204);
  expect((await browser.get(`${app}late/900`)).status).toBe(200);
  expect(running.isOpen()).toBe(true);
  expect((await change({ isOnPremPublishingEnabled: false })).status).toBe(204);
  expect(await running.cut()).toBeLessThan(1000);
});

test('B22 an application that is deleted ends what is under way within a second', async () => {
  const running = await begin();
  expect((await world.api('DELETE', `/applications/${appId}`)).status).toBe(204);
  expect(await running.cut()).toBeLessThan(1000);
});

test('B22 a disabled user loses an open WebSocket and a stream though no new request comes', async () => {
  const running = await begin();
  world.provider.setUserDisabled(world.provider.user('alice').id, true);
  // The interval is a second here instead of 45.
  expect(await running.cut()).toBeLessThan(4000);
});
