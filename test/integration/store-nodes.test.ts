import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src-service/store/store.ts';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { startConnector } from '../helpers/start-connector.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { startPostgres, type PostgresStore } from '../helpers/start-postgres.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';
import { endSessions } from '../helpers/end-sessions.ts';

/** What a node answers when a request was let through, and no connector is there. */
const LET_THROUGH = 504;

const stack: (() => unknown)[] = [];
const sealingKey = randomBytes(32);
let provider: StartedProvider;
let store: PostgresStore;

beforeEach(async () => {
  const server = await startPostgres();
  stack.push(() => server.stop());
  store = await server.makeDatabase();
  provider = await startProvider();
  stack.push(() => provider.close());
});

afterEach(async () => {
  for (const end of stack.splice(0).toReversed()) await end();
});

async function startNode(): Promise<{ service: StartedService; api: ApiClient }> {
  const sealing = { keys: [sealingKey.toString('base64')] };
  const service = await startService({ provider, configuration: { store, sealing } });
  stack.push(() => service.close());
  return { service, api: makeApiClient(service.apiBaseUrl, await provider.automationToken()) };
}

test('nodes that start at once on an empty database have the same keys, so that each knows what another has issued', async () => {
  const nodes = await Promise.all([startNode(), startNode(), startNode()]);
  const [first, second] = nodes;
  if (first === undefined || second === undefined) throw new Error('Nodes are missing.');
  const opened = await openStore({ location: store, sealingKey, clock: Date.now });
  stack.push(() => opened.close());
  expect(await opened.keys.list('connector-authority')).toHaveLength(1);
  expect(await opened.keys.list('cookie')).toHaveLength(1);

  // B61: enrolled with one node, a connector is believed by another.
  const { body } = await first.api('POST', '/postern/enrolmentTokens', {});
  const connector = await startConnector({
    serviceUrl: second.service.url,
    authorization: { kind: 'enrolmentToken', token: body.token },
  });
  stack.push(() => connector.close());
  const connectors = await first.api('GET', '/onPremisesPublishingProfiles/applicationProxy/connectors');
  expect(connectors.body.value).toHaveLength(1);
});

test('B15 B63 an application published at one node is served by another, and a session of one ends on both', async () => {
  const [a, b] = [await startNode(), await startNode()];
  const externalUrl = b.service.externalUrl('app');
  // The address has the port of the node that users come to; behind a load balancer all have the same.
  const publishing = { externalUrl, internalUrl: 'http://app.internal/' };
  const application = { displayName: 'App', appRoleAssignmentRequired: false, onPremisesPublishing: publishing };
  expect((await b.api('POST', '/applications', application)).status).toBe(201);
  const browser = new SignInBrowser();
  await browser.signIn(externalUrl, provider.user('alice'));
  expect((await browser.get(externalUrl)).status).toBe(LET_THROUGH);
  const id = (await a.api('GET', '/applications')).body.value[0].id;
  expect((await a.api('PATCH', `/applications/${id}`, { displayName: 'Renamed at A' })).status).toBe(204);
  const third = await openStore({ location: store, sealingKey, clock: Date.now });
  stack.push(() => third.close());
  expect(await endSessions(third, provider.user('alice').id)).toBe(1);
  await expect.poll(async () => (await browser.get(externalUrl)).status).not.toBe(LET_THROUGH);
  expect((await a.api('DELETE', `/applications/${id}`)).status).toBe(204);
  await expect.poll(async () => (await browser.get(externalUrl)).status).toBe(404);
});

test('B14 what is good once at one node was good again at another: the state of a sign-in and its hand-off', async () => {
  const [a, b] = [await startNode(), await startNode()];
  const externalUrl = a.service.externalUrl('app');
  const publishing = { externalUrl, internalUrl: 'http://app.internal/' };
  const application = { displayName: 'App', appRoleAssignmentRequired: false, onPremisesPublishing: publishing };
  expect((await a.api('POST', '/applications', application)).status).toBe(201);
  const atB = (url: string): string => Object.assign(new URL(url), { port: new URL(b.service.url).port }).href;
  await expect.poll(async () => (await new SignInBrowser().get(atB(externalUrl))).status).toBe(302);

  /** What a node makes of an address: where it leads, or why it refuses. */
  const ask = async (browser: SignInBrowser, url: string): Promise<string> => {
    const { status, headers, body } = await browser.get(url, { accept: 'application/problem+json' });
    return status === 302 ? 'goes on' : (JSON.parse(body) as { code: string }).code || String(headers.location);
  };
  /** A browser whose next step is one at which a sign-in stops, and that forgets nothing of it. */
  const stopAt = async (step: RegExp): Promise<{ url: string; browser: () => SignInBrowser }> => {
    const stopped = new SignInBrowser();
    const { url } = await stopped.signIn(externalUrl, provider.user('alice'), (next) => step.test(next));
    const kept = [...stopped.jar].map(([host, cookies]) => [host, new Map(cookies)] as const);
    return {
      url,
      browser: () => {
        const browser = new SignInBrowser();
        for (const [host, cookies] of kept) browser.jar.set(host, new Map(cookies));
        return browser;
      },
    };
  };

  const callback = await stopAt(/\/callback\?/);
  expect(await ask(callback.browser(), callback.url)).toBe('goes on');
  expect(await ask(callback.browser(), callback.url)).toBe('SIGNIN_STATE');
  expect(await ask(callback.browser(), atB(callback.url))).toBe('SIGNIN_STATE');
  // It was the state alone: one that no node has seen goes to the provider, which knows the code by another address.
  const unseen = await stopAt(/\/callback\?/);
  expect(await ask(unseen.browser(), atB(unseen.url))).toBe('SIGNIN_TOKEN');

  const handOff = await stopAt(/\/complete\?/);
  expect(await ask(handOff.browser(), atB(handOff.url))).toBe('goes on');
  expect(await ask(handOff.browser(), handOff.url)).toBe('SIGNIN_STATE');
  expect(await ask(handOff.browser(), atB(handOff.url))).toBe('SIGNIN_STATE');
});

test('B61 an enrolment token that is good once is so for two nodes that are asked at the same time', async () => {
  const [a, b] = [await startNode(), await startNode()];
  const { body } = await a.api('POST', '/postern/enrolmentTokens', {});
  const authorization = { kind: 'enrolmentToken', token: body.token } as const;
  const enrolled = await Promise.allSettled(
    [a, b, a, b].map(({ service }) => startConnector({ serviceUrl: service.url, authorization })),
  );
  for (const each of enrolled) if (each.status === 'fulfilled') stack.push(() => each.value.close());
  expect(enrolled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const connectors = await b.api('GET', '/onPremisesPublishingProfiles/applicationProxy/connectors');
  expect(connectors.body.value).toHaveLength(1);
});
