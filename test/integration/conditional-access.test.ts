import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../helpers/api-client.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';
import { type RawBackend, startRawBackend } from '../helpers/start-raw-backend.ts';

const EVERY_DAY = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const ALWAYS = { daysOfWeek: EVERY_DAY, timeZone: 'Europe/Berlin' };
const BLOCK = { builtInControls: ['block'] };

let world: PublishingWorld;
let backend: RawBackend;
/** Signed in with a password, before any test. */
const alice = new SignInBrowser();
let published = 0;

interface Condition {
  readonly displayName: string;
  readonly [field: string]: unknown;
}

beforeAll(async () => {
  world = await startPublishingWorld();
  backend = await startRawBackend();
  const { app } = await publish([]);
  await alice.signIn(app, world.provider.user('alice'));
});

afterAll(async () => {
  await world?.close();
  await backend?.close();
});

/** An application for every user of the tenant, under these policies. */
async function publish(conditionalAccessPolicies: readonly Condition[]): Promise<{ app: string; id: string }> {
  const app = world.service.externalUrl(`conditional-${++published}`);
  const id = await world.publish(
    {
      externalUrl: app,
      internalUrl: `${backend.url}/`,
      externalAuthenticationType: 'aadPreAuthentication',
      conditionalAccessPolicies,
    },
    { appRoleAssignmentRequired: false },
  );
  return { app, id };
}

async function setPolicies(id: string, conditionalAccessPolicies: readonly Condition[]): Promise<void> {
  const answer = await world.api('PATCH', `/applications/${id}`, {
    onPremisesPublishing: { conditionalAccessPolicies },
  });
  expect(answer.status).toBe(204);
}

async function ask(parameters: Record<string, string>): Promise<ApiAnswer> {
  return world.api('GET', `/postern/accessEvaluation?${new URLSearchParams(parameters).toString()}`);
}

test('B17 B22 a network that is blocked is out at once and in again at once, and its list is told to nobody', async () => {
  const { app, id } = await publish([]);
  expect((await alice.open(app)).status).toBe(200);
  const contacts = backend.requests.length;
  const policy = { displayName: 'Not from here', conditions: { locations: { includeLocations: ['127.0.0.0/8'] } } };
  await setPolicies(id, [{ ...policy, grantControls: BLOCK }]);
  const page = await alice.open(app);
  expect(page.status).toBe(403);
  expect(page.body).toContain('from your network');
  expect(page.body).not.toMatch(/127\.0\.0\.0|Not from here/);
  expect(backend.requests).toHaveLength(contacts);
  const excluded = { locations: { includeLocations: ['All'], excludeLocations: ['127.0.0.1'] } };
  await setPolicies(id, [{ ...policy, conditions: excluded, grantControls: BLOCK }]);
  expect((await alice.open(app)).status).toBe(200);
});

test('B17 hours that are blocked, but for an exception; a policy that only reports changes nothing', async () => {
  const always = { times: { includeTimes: [ALWAYS] } };
  const { app, id } = await publish([{ displayName: 'Closed', conditions: always, grantControls: BLOCK }]);
  const page = await alice.open(app);
  expect([page.status, page.body.includes('at this time')]).toEqual([403, true]);
  const never = { times: { includeTimes: [ALWAYS], excludeTimes: [ALWAYS] } };
  await setPolicies(id, [{ displayName: 'Closed', conditions: never, grantControls: BLOCK }]);
  expect((await alice.open(app)).status).toBe(200);
  const state = 'enabledForReportingButNotEnforced';
  await setPolicies(id, [{ displayName: 'Closed', state, conditions: always, grantControls: BLOCK }]);
  expect((await alice.open(app)).status).toBe(200);
});

describe('a second factor', () => {
  const MFA = { displayName: 'Second factor', grantControls: { builtInControls: ['mfa'] } };

  test('B12 B13 B17 is asked for by the provider, and the user comes back to the same page, once', async () => {
    const { app } = await publish([MFA]);
    const browser = new SignInBrowser();
    const { name, password } = world.provider.user('alice');
    const target = `${app}reports?year=2026`;
    // Who they are comes first, and decides whether the policy is for them; then the provider asks for more.
    const form = await browser.signIn(target, { name, password });
    expect([form.status, form.body.includes('second factor')]).toEqual([200, true]);
    // With the password alone: the answer is not what was asked for, which a page says, without a circle.
    const weak = await browser.signIn(target, { name, password });
    expect(weak.status).toBe(403);
    expect(weak.body).toContain('authentication method mfa');
    const contacts = backend.requests.length;
    const strong = await browser.signIn(target, { name, password, code: '123456' });
    expect([strong.status, strong.url]).toEqual([200, target]);
    expect(backend.requests.slice(contacts).map(({ path }) => path)).toEqual(['/reports?year=2026']);
    expect((await browser.open(target)).status).toBe(200);
  });

  test('B13 is told to scripts as RFC 9470 has it, never by a redirect', async () => {
    const { app } = await publish([
      { displayName: 'Fresh and strong', grantControls: { acrValues: ['c1', 'c2'] }, sessionControls: HOUR },
    ]);
    const browser = new SignInBrowser();
    await browser.signIn((await publish([])).app, world.provider.user('alice'));
    // The application's host needs a cookie of its own first, which a navigation fetches and then is asked for more.
    const sent = await browser.open(app, (url) => url.includes('/authorize'));
    expect(sent.url).toContain('/authorize');
    const answer = await alice.get(await signedInAt(app), { 'sec-fetch-mode': 'cors', accept: 'application/json' });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('error="insufficient_user_authentication"');
    expect(answer.headers['www-authenticate']).toContain('acr_values="c1 c2"');
    expect(JSON.parse(answer.body)).toMatchObject({ status: 401, acr_values: 'c1 c2', max_age: 3600 });
  });
});

const HOUR = { signInFrequency: { type: 'hours', value: 1 } };

/** Has alice's session known at the host of an application that then asks for more. */
async function signedInAt(app: string): Promise<string> {
  const { body } = await world.api('GET', `/applications?$filter=${encodeURIComponent(`displayName eq '${app}'`)}`);
  const [{ id, onPremisesPublishing }] = body.value;
  await setPolicies(id, []);
  expect((await alice.open(app)).status).toBe(200);
  await setPolicies(id, onPremisesPublishing.conditionalAccessPolicies);
  return app;
}

describe('the dry run', () => {
  const CASES: readonly (readonly [string, readonly Condition[], string, number])[] = [
    ['no policy', [], 'granted', 200],
    ['a block', [{ displayName: 'Nobody', grantControls: BLOCK }], 'blocked', 403],
    [
      'a block of others',
      [{ displayName: 'Bob', conditions: { users: { includeUsers: ['bob'] } }, grantControls: BLOCK }],
      'granted',
      200,
    ],
    ['more than a password', [{ displayName: 'Strong', grantControls: { amrValues: ['hwk'] } }], 'stepUpRequired', 302],
    [
      'a block beside a demand',
      [
        { displayName: 'Strong', grantControls: { amrValues: ['hwk'] } },
        { displayName: 'Nobody', grantControls: BLOCK },
      ],
      'blocked',
      403,
    ],
  ];

  test.each(CASES)('B17 says of %s what the gate then does', async (_name, policies, decision, status) => {
    const { app, id } = await publish([]);
    expect((await alice.open(app)).status).toBe(200);
    await setPolicies(id, policies);
    const question = { url: `${app}x`, ipAddress: '127.0.0.1', user: world.provider.user('alice').id };
    const { status: asked, body } = await ask(question);
    expect([asked, body.decision]).toEqual([200, decision]);
    expect(body.userSource).toBe('latestSession');
    expect(body.policies).toHaveLength(policies.length);
    expect((await alice.get(`${app}x`)).status).toBe(status);
  });

  test('B17 names the policy that decides, and answers for other places, times and strengths', async () => {
    const { app } = await publish([
      {
        displayName: 'Office hours',
        conditions: {
          times: {
            excludeTimes: [{ daysOfWeek: ['monday'], startTime: '08:00', endTime: '18:00', timeZone: 'Europe/Berlin' }],
          },
        },
        grantControls: BLOCK,
      },
      {
        displayName: 'Strong from outside',
        conditions: { locations: { excludeLocations: ['10.0.0.0/8'] } },
        grantControls: { builtInControls: ['mfa'] },
      },
    ]);
    const user = world.provider.user('alice').id;
    // A Monday: 08:30 in Berlin, in winter and in summer.
    const winter = '2026-01-05T07:30:00Z';
    const summer = '2026-07-06T06:30:00Z';
    const decide = async (more: Record<string, string>): Promise<unknown[]> => {
      const { body } = await ask({ url: app, user, ipAddress: '203.0.113.7', dateTime: winter, ...more });
      return [body.decision, body.policy];
    };
    expect(await decide({})).toEqual(['stepUpRequired', 'Strong from outside']);
    expect(await decide({ amr: 'pwd,mfa' })).toEqual(['granted', null]);
    expect(await decide({ ipAddress: '10.1.2.3' })).toEqual(['granted', null]);
    expect(await decide({ ipAddress: '10.1.2.3', dateTime: summer })).toEqual(['granted', null]);
    expect(await decide({ ipAddress: '10.1.2.3', dateTime: '2026-01-05T06:30:00Z' })).toEqual([
      'blocked',
      'Office hours',
    ]);
    expect((await ask({ url: app, ipAddress: '10.1.2.3', dateTime: winter })).body.decision).toBe('signInRequired');
    expect((await ask({ url: 'https://nowhere.example/', ipAddress: '10.1.2.3', user })).body.decision).toBe(
      'notPublished',
    );
    const bad = await ask({ url: app, ipAddress: '10.1.2', user });
    expect([bad.status, bad.body.error.target]).toEqual([400, 'ipAddress']);
    expect((await ask({ url: app, ipAddress: '10.1.2.3', user: 'nobody' })).status).toBe(404);
  });
});

test('B1 policies that mean nothing are refused with the field', async () => {
  const refuse = async (policy: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<string> => {
    const { status, body } = await world.tryToPublish({
      externalUrl: world.service.externalUrl(`refused-${++published}`),
      internalUrl: `${backend.url}/`,
      externalAuthenticationType: 'aadPreAuthentication',
      conditionalAccessPolicies: [{ displayName: 'P', ...policy }],
      ...more,
    });
    expect(status).toBe(400);
    return body.error.target.replace('onPremisesPublishing.conditionalAccessPolicies.0.', '');
  };
  expect(await refuse({})).toBe('grantControls');
  expect(await refuse({ grantControls: BLOCK, conditions: { locations: { includeLocations: ['10.0.0.0/33'] } } })).toBe(
    'conditions.locations.includeLocations.0',
  );
  const times = { includeTimes: [{ ...ALWAYS, timeZone: '+01:00' }] };
  expect(await refuse({ grantControls: BLOCK, conditions: { times } })).toBe(
    'conditions.times.includeTimes.0.timeZone',
  );
  const passthru = { externalAuthenticationType: 'passthru' };
  expect(await refuse({ grantControls: { builtInControls: ['mfa'] } }, passthru)).toBe('grantControls');
});
