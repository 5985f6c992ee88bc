import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';

const PAGE = 'https://page.example.com';
const RULE = {
  '@odata.type': '#microsoft.graph.corsConfiguration_v2',
  resource: '/',
  allowedOrigins: [PAGE, 'https://other.example.com'],
  allowedHeaders: ['X-Exact', 'x-many-*'],
  allowedMethods: ['GET', 'PUT'],
  maxAgeInSeconds: 123,
};

let world: PublishingWorld;
let origin: Origin;
const nobody = new SignInBrowser();

beforeAll(async () => {
  [world, origin] = await Promise.all([startPublishingWorld(), startOrigin()]);
  await publish('ruled', [RULE, { ...RULE, resource: '/header', allowedOrigins: ['https://header.example.com'] }]);
  await publish('part', [{ ...RULE, resource: '/echo' }]);
  await publish('bare', []);
  await publish('open', [RULE], 'passthru');
});

afterAll(async () => {
  await world?.close();
  await origin?.close();
});

async function publish(name: string, corsConfigurations: object[], type = 'aadPreAuthentication'): Promise<void> {
  const urls = { externalUrl: world.service.externalUrl(name), internalUrl: `${origin.url}/` };
  await world.publish(
    {
      ...urls,
      externalAuthenticationType: type,
      segmentsConfiguration: { applicationSegments: [{ ...urls, corsConfigurations }] },
    },
    { appRoleAssignmentRequired: false },
  );
}

function preflight(url: string, headers: Record<string, string> = {}): Promise<BrowserResponse> {
  return nobody.send('OPTIONS', url, {
    accept: '*/*',
    origin: PAGE,
    'access-control-request-method': 'PUT',
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'empty',
    ...headers,
  });
}

const asScript = { origin: PAGE, accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

describe('with CORS rules', () => {
  test('B20 the service answers a preflight itself', async () => {
    const before = origin.requests.length;
    for (const name of ['ruled', 'open']) {
      const { status, headers } = await preflight(`${world.service.externalUrl(name)}echo`, {
        'access-control-request-headers': 'x-exact,x-many-things',
      });
      expect(status).toBe(204);
      expect(headers).toMatchObject({
        'access-control-allow-origin': PAGE,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, PUT',
        'access-control-allow-headers': 'x-exact, x-many-things',
        'access-control-max-age': '123',
        vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      });
    }
    expect(origin.requests.length).toBe(before);
  });

  test('B20 origin and method are compared octet for octet, headers without regard to case, * as the beginning of a name', async () => {
    const url = `${world.service.externalUrl('ruled')}echo`;
    const before = origin.requests.length;
    for (const [headers, isPermitted] of [
      [{ origin: 'https://other.example.com' }, true],
      [{ origin: 'https://Page.example.com' }, false],
      [{ origin: `${PAGE}:443` }, false],
      [{ origin: `${PAGE}/` }, false],
      [{ origin: `${PAGE}.evil.example` }, false],
      [{ origin: 'http://page.example.com' }, false],
      [{ origin: 'null' }, false],
      [{ 'access-control-request-method': 'DELETE' }, false],
      [{ 'access-control-request-method': 'put' }, false],
      [{ 'access-control-request-headers': 'X-EXACT, X-Many-' }, true],
      [{ 'access-control-request-headers': 'x-exactly' }, false],
      [{ 'access-control-request-headers': 'x-man' }, false],
      [{ 'access-control-request-headers': 'x-exact,authorization' }, false],
    ] as const) {
      const answer = await preflight(url, headers);
      expect([headers, answer.status]).toEqual([headers, isPermitted ? 204 : 403]);
      expect(answer.headers['access-control-allow-origin'] !== undefined).toBe(isPermitted);
    }
    expect(origin.requests.length).toBe(before);
  });

  test('B20 a rule is for its resource and what lies below, the rules add up', async () => {
    const part = world.service.externalUrl('part');
    for (const [place, status] of [
      ['echo', 204],
      ['echo/', 204],
      ['%65cho/x?y', 204],
      ['echoes', 403],
      ['', 403],
      ['echo%2fx', 403],
      ['echo;x', 403],
    ] as const) {
      expect([place, (await preflight(part + place)).status]).toEqual([place, status]);
    }
    const ruled = world.service.externalUrl('ruled');
    const fromHeader = { origin: 'https://header.example.com' };
    expect((await preflight(`${ruled}header`, fromHeader)).status).toBe(204);
    expect((await preflight(`${ruled}header`)).status).toBe(204);
    expect((await preflight(`${ruled}echo`, fromHeader)).status).toBe(403);
  });

  test('B20 B13 a 401 can be read by the page that is permitted, and by no other', async () => {
    const url = `${world.service.externalUrl('ruled')}echo`;
    const answer = await nobody.get(url, asScript);
    expect(answer.status).toBe(401);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
      'content-type': 'application/problem+json',
    });
    expect(answer.headers['access-control-expose-headers']).toContain('WWW-Authenticate');
    expect(answer.headers.vary).toContain('Origin');
    const foreign = await nobody.get(url, { ...asScript, origin: 'https://evil.example' });
    expect(foreign.status).toBe(401);
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    expect(foreign.headers.vary).toContain('Origin');
  });

  test('B20 the response to a request with a session is for the page, whatever the backend says of CORS', async () => {
    const browser = new SignInBrowser();
    const ruled = world.service.externalUrl('ruled');
    await browser.signIn(`${ruled}echo`, world.provider.user('alice'));
    const answer = await browser.get(`${ruled}header?name=Access-Control-Allow-Origin&value=*`, asScript);
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(PAGE);
    expect(answer.headers['access-control-allow-credentials']).toBe('true');
    expect(answer.headers.vary).toContain('Origin');
    const foreign = { ...asScript, origin: 'https://evil.example' };
    const kept = await browser.get(`${ruled}header?name=Access-Control-Allow-Origin&value=*`, foreign);
    expect(kept.status).toBe(200);
    expect(kept.headers['access-control-allow-origin']).toBeUndefined();
    const unlisted = await browser.send('POST', `${ruled}echo`, asScript);
    expect(unlisted.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('without a CORS rule', () => {
  test('B20 a preflight without a session is not passed on', async () => {
    const before = origin.requests.length;
    expect((await preflight(`${world.service.externalUrl('bare')}echo`)).status).toBe(403);
    expect((await preflight(`${world.service.externalUrl('part')}header`)).status).toBe(403);
    expect(origin.requests.length).toBe(before);
  });

  test('B20 what the backend says of CORS stays as it is', async () => {
    const browser = new SignInBrowser();
    const bare = world.service.externalUrl('bare');
    await browser.signIn(`${bare}echo`, world.provider.user('alice'));
    const answer = await browser.get(`${bare}header?name=Access-Control-Allow-Origin&value=*`, asScript);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers.vary).toBeUndefined();
  });
});

test('B20 each field of a rule is checked, and named where it is wrong', async () => {
  const urls = { externalUrl: world.service.externalUrl('bad'), internalUrl: 'http://bad.internal/' };
  const { status, body } = await world.tryToPublish({
    ...urls,
    segmentsConfiguration: {
      applicationSegments: [
        {
          ...urls,
          corsConfigurations: [
            {
              resource: '/x/*',
              allowedOrigins: ['*', 'https://A.example', 'https://a.example/', 'null'],
              allowedHeaders: ['a*b', 'x y', '*', 'x-*'],
              allowedMethods: ['GET POST', '*'],
              maxAgeInSeconds: 86_401,
            },
          ],
        },
      ],
    },
  });
  expect(status).toBe(400);
  const prefix = 'onPremisesPublishing.segmentsConfiguration.applicationSegments.0.corsConfigurations.0.';
  expect(body.error.details.map(({ target }: { target: string }) => target.replace(prefix, ''))).toEqual([
    'resource',
    'allowedOrigins.0',
    'allowedOrigins.1',
    'allowedOrigins.2',
    'allowedOrigins.3',
    'allowedHeaders.0',
    'allowedHeaders.1',
    'allowedMethods.0',
    'allowedMethods.1',
    'maxAgeInSeconds',
  ]);
});
