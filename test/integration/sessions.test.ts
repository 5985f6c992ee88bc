import { EVERYTHING } from '../../src-service/store/list-query.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TokenTrouble } from '../../trial/identity-provider/start-identity-provider.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartEdgeOptions, type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartProviderOptions, type StartedProvider, startProvider } from '../helpers/start-provider.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;
const SIGN_IN = 302;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The age at which the provider's word is stale with the default interval of 45 s. */
const STALE_MS = MINUTE_MS + 1;

let provider: StartedProvider;
const started: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  provider = await startProvider();
});

afterEach(async () => {
  provider.setTokenTrouble(null);
  for (const { id } of provider.users) provider.setUserDisabled(id, false);
  for (const each of started.splice(0).toReversed()) await each.close();
});

afterAll(async () => {
  await provider.close();
});

/** A service with one application for alice and bob, and a clock that the test sets. */
async function startWorld(
  options: Partial<StartEdgeOptions> = {},
  providerOptions?: StartProviderOptions,
  startedAtMs = Date.now(),
) {
  const own = providerOptions === undefined ? provider : await startProvider(providerOptions);
  if (own !== provider) started.push(own);
  const time = { nowMs: startedAtMs };
  const edge = await startEdge({ provider: own, clock: () => time.nowMs, ...options });
  started.push(edge);
  const app = await edge.publish('app.postern.localhost');
  for (const name of ['alice', 'bob']) await edge.assign(app, own.user(name).id);
  return { provider: own, edge, app, time };
}

async function signedIn(app: string, of = provider, name = 'alice'): Promise<SignInBrowser> {
  const browser = new SignInBrowser();
  expect((await browser.signIn(app, of.user(name))).status).toBe(LET_THROUGH);
  return browser;
}

const statusOf = async (browser: SignInBrowser, url: string): Promise<number> => (await browser.get(url)).status;

function countRefreshes(status: number | null = null): { count: number; trouble: TokenTrouble } {
  const counter = {
    count: 0,
    trouble: (form: Readonly<Record<string, string>>) => {
      if (form['grant_type'] !== 'refresh_token') return null;
      counter.count++;
      return status;
    },
  };
  provider.setTokenTrouble(counter.trouble);
  return counter;
}

const linesOf = (edge: StartedEdge, message: string): unknown[] => edge.logLines.filter(({ msg }) => msg === message);

describe('lifetimes', () => {
  test('B15 a session ends 8 h after the sign-in, however much it is used, and its cookie with it', async () => {
    const { app, time } = await startWorld();
    const browser = await signedIn(app);
    for (let hour = 1; hour < 8; hour++) {
      time.nowMs += HOUR_MS;
      expect(await statusOf(browser, app)).toBe(LET_THROUGH);
    }
    time.nowMs += HOUR_MS;
    expect(await statusOf(browser, app)).toBe(SIGN_IN);
  });

  test('B15 an unused session ends after 2 h', async () => {
    const { app, time } = await startWorld();
    const browser = await signedIn(app);
    time.nowMs += 2 * HOUR_MS - 1;
    expect(await statusOf(browser, app)).toBe(LET_THROUGH);
    time.nowMs += 2 * HOUR_MS;
    expect(await statusOf(browser, app)).toBe(SIGN_IN);
  });

  test('B15 lifetimes are as configured, and a shorter one holds for sessions that are running', async () => {
    const sessions = { absoluteLifetimeSeconds: 3600, idleTimeoutSeconds: 600 };
    const { app, edge, time, provider: own } = await startWorld();
    const browser = await signedIn(app);
    const shorter = await startEdge({
      provider: own,
      clock: () => time.nowMs,
      store: edge.store,
      configuration: { sessions },
    });
    started.push(shorter);
    const there = app.replace(/:\d+/, `:${shorter.port}`);
    for (let minutes = 9; minutes < 60; minutes += 9) {
      time.nowMs += 9 * MINUTE_MS;
      expect(await statusOf(browser, there)).toBe(LET_THROUGH);
    }
    time.nowMs += 7 * MINUTE_MS;
    expect(await statusOf(browser, there)).toBe(SIGN_IN);
    expect(await statusOf(browser, app)).toBe(LET_THROUGH);
  });

  test('B15 a use outlives a restart of the service', async () => {
    const { app, edge, time, provider: own } = await startWorld();
    const startNode = () => startEdge({ provider: own, clock: () => time.nowMs, store: edge.store });
    const first = await startNode();
    const browser = await signedIn(app.replace(/:\d+/, `:${first.port}`));
    time.nowMs += 1.5 * HOUR_MS;
    expect(await statusOf(browser, app.replace(/:\d+/, `:${first.port}`))).toBe(LET_THROUGH);
    await first.close();
    time.nowMs += 1.5 * HOUR_MS;
    const second = await startNode();
    started.push(second);
    expect(await statusOf(browser, app.replace(/:\d+/, `:${second.port}`))).toBe(LET_THROUGH);
  });

  test('B15 rotation of the sealing key signs nobody out', async () => {
    const keyAgeMs = 30 * 24 * HOUR_MS;
    const { app, edge, time, provider: own } = await startWorld({}, undefined, Date.now() - keyAgeMs + HOUR_MS);
    time.nowMs = Date.now();
    const browser = await signedIn(app);
    time.nowMs += 1.5 * HOUR_MS;
    const other = await startEdge({ provider: own, clock: () => time.nowMs, store: edge.store });
    started.push(other);
    expect(await edge.store.keys.list('cookie')).toHaveLength(2);
    expect(await statusOf(browser, app.replace(/:\d+/, `:${other.port}`))).toBe(LET_THROUGH);
  });
});

describe('the provider is asked again', () => {
  test('B22 a user who was disabled is refused after 60 s with the default settings, on every host', async () => {
    const { edge, app, time, provider: own } = await startWorld();
    const other = await edge.publish('other.postern.localhost', { appRoleAssignmentRequired: false });
    const browser = await signedIn(app);
    expect((await browser.open(other)).status).toBe(LET_THROUGH);
    const bob = await signedIn(app, own, 'bob');
    own.setUserDisabled(own.user('alice').id, true);
    time.nowMs += STALE_MS;
    expect(await statusOf(browser, app)).toBe(SIGN_IN);
    expect(await statusOf(browser, other)).toBe(SIGN_IN);
    expect(await statusOf(browser, `${edge.origin}/`)).toBe(SIGN_IN);
    expect((await browser.signIn(app, own.user('alice'))).body).toContain('Your account has been locked');
    expect(await statusOf(bob, app)).toBe(LET_THROUGH);
  });

  test('B22 a user who was disabled is out by itself while requests go on', async () => {
    const sessions = { refreshIntervalSeconds: 1 };
    const { app, provider: own } = await startWorld({ clock: Date.now, configuration: { sessions } });
    const browser = await signedIn(app);
    const { id } = own.user('alice');
    const hook = await fetch(`${own.origin}/trial/users/${id}/disable`, {
      method: 'POST',
      headers: { 'x-postern-trial': '1' },
    });
    expect(hook.status).toBe(204);
    const beganMs = performance.now();
    await expect.poll(() => statusOf(browser, app), { timeout: 5000 }).toBe(SIGN_IN);
    expect(performance.now() - beganMs).toBeLessThan(3000);
  });

  test('B22 all sessions of a disabled user end with the first answer', async () => {
    const { edge, app, time, provider: own } = await startWorld();
    const one = await signedIn(app);
    const two = await signedIn(app);
    own.setUserDisabled(own.user('alice').id, true);
    time.nowMs += STALE_MS;
    expect(await statusOf(one, app)).toBe(SIGN_IN);
    const { count } = countRefreshes();
    expect(await statusOf(two, app)).toBe(SIGN_IN);
    expect(count).toBe(0);
    const revoked = { userId: own.user('alice').id, providerId: 'default' };
    expect((await edge.store.userRevocations.find(revoked))?.revokedBeforeMs).toBe(time.nowMs);
  });

  test('B22 groups are taken anew, those gained and those lost', async () => {
    const { edge, time, provider: own } = await startWorld();
    const byGroup = await edge.publish('group.postern.localhost');
    const group = 'a-group-of-tomorrow';
    await edge.assign(byGroup, group, 'Group');
    const open = await edge.publish('open.postern.localhost', { appRoleAssignmentRequired: false });
    const browser = await signedIn(open, own, 'bob');
    const before = own.user('bob').groups;
    try {
      expect((await browser.open(byGroup)).status).toBe(403);
      own.setGroups('bob', [...before, group]);
      time.nowMs += STALE_MS;
      expect((await browser.open(byGroup)).status).toBe(LET_THROUGH);
      own.setGroups('bob', before);
      time.nowMs += STALE_MS;
      expect(await statusOf(browser, byGroup)).toBe(403);
    } finally {
      own.setGroups('bob', before);
    }
  });

  test('a provider that is down, or has troubles of its own, ends nothing and is not hammered', async () => {
    const { app, time, provider: own } = await startWorld({}, {});
    const browsers = [await signedIn(app, own), await signedIn(app, own, 'bob')];
    let asked = 0;
    own.setTokenTrouble(() => {
      asked++;
      return 503;
    });
    for (let round = 0; round < 3; round++) {
      time.nowMs += STALE_MS;
      for (const browser of browsers) expect(await statusOf(browser, app)).toBe(LET_THROUGH);
    }
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(3);
    await own.close();
    started.splice(started.indexOf(own), 1);
    time.nowMs += STALE_MS;
    for (const browser of browsers) expect(await statusOf(browser, app)).toBe(LET_THROUGH);
  });

  test('B22 a refresh token that the provider does not know ends its session alone, whatever word it has for that', async () => {
    const { app, edge, time, provider: own } = await startWorld();
    const unknown = await signedIn(app);
    const [{ refreshToken } = { refreshToken: null }] = (await edge.store.sessions.page(EVERYTHING)).items;
    const bob = await signedIn(app, own, 'bob');
    let asked = 0;
    own.setTokenTrouble((form) => {
      if (form['grant_type'] !== 'refresh_token') return null;
      asked++;
      return form['refresh_token'] === refreshToken ? { error: 'invalid_request' } : null;
    });
    time.nowMs += STALE_MS;
    expect(await statusOf(unknown, app)).toBe(SIGN_IN);
    // The provider is asked about others at once: it is not silent.
    expect(await statusOf(bob, app)).toBe(LET_THROUGH);
    expect(asked).toBe(2);
  });

  test('rotated refresh tokens are kept: each is good for one question', async () => {
    const { edge, app, time, provider: own } = await startWorld({}, { rotatesRefreshTokens: true });
    const browser = await signedIn(app, own);
    const [before] = (await edge.store.sessions.page(EVERYTHING)).items;
    for (let round = 0; round < 3; round++) {
      time.nowMs += STALE_MS;
      expect(await statusOf(browser, app)).toBe(LET_THROUGH);
    }
    const after = await edge.store.sessions.find(before?.id ?? '');
    expect(after?.refreshToken).not.toBe(before?.refreshToken);
  });

  test('of two nodes one asks, once for many requests at a time', async () => {
    const { edge, app, time, provider: own } = await startWorld();
    const other = await startEdge({ provider: own, clock: () => time.nowMs, store: edge.store });
    started.push(other);
    const there = app.replace(/:\d+/, `:${other.port}`);
    const browser = await signedIn(app);
    expect(await statusOf(browser, there)).toBe(LET_THROUGH);
    const counter = countRefreshes();
    time.nowMs += STALE_MS;
    const statuses = Array.from({ length: 8 }, (_, index) => statusOf(browser, index % 2 === 0 ? app : there));
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([LET_THROUGH]));
    expect(counter.count).toBe(1);
  });

  test('a provider without refresh tokens is named in the log, once, and its sessions go on', async () => {
    const { edge, app, time, provider: own } = await startWorld({}, { issuesRefreshTokens: false });
    const browsers = [await signedIn(app, own), await signedIn(app, own, 'bob')];
    time.nowMs += STALE_MS;
    for (const browser of browsers) expect(await statusOf(browser, app)).toBe(LET_THROUGH);
    expect(linesOf(edge, 'sessions.no_refresh_token')).toHaveLength(1);
  });

  test('with the interval at 0 nobody is asked, and no refresh token is kept', async () => {
    const { edge, app, time } = await startWorld({ configuration: { sessions: { refreshIntervalSeconds: 0 } } });
    const browser = await signedIn(app);
    const counter = countRefreshes();
    time.nowMs += HOUR_MS;
    expect(await statusOf(browser, app)).toBe(LET_THROUGH);
    expect(counter.count).toBe(0);
    const { items } = await edge.store.sessions.page(EVERYTHING);
    expect(items.map(({ refreshToken }) => refreshToken)).toEqual([null]);
  });
});

test('a session remembers device, address, authentication and applications', async () => {
  const { edge, app, provider: own } = await startWorld();
  const browser = await signedIn(app);
  const { items } = await edge.store.sessions.page(EVERYTHING);
  expect(items).toEqual([
    expect.objectContaining({
      userId: own.user('alice').id,
      providerId: 'default',
      remoteAddress: '127.0.0.1',
      deviceDisplayName: 'Unknown device',
      authenticatedAtMs: expect.any(Number) as number,
    }),
  ]);
  expect(await statusOf(browser, app)).toBe(LET_THROUGH);
});
