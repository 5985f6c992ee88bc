import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recentTraffic } from '../helpers/keeping-recorder.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';

let world: PublishingWorld;
let origin: Origin;
const anyone = new SignInBrowser();

beforeAll(async () => {
  [world, origin] = await Promise.all([startPublishingWorld(), startOrigin()]);
});

afterAll(async () => {
  await world?.close();
  await origin?.close();
});

/** An address of the service, such as `a.postern.localhost/x/`. */
function external(place: string): string {
  const [host = '', path = ''] = place.split(/(?=\/)(.*)/s);
  return `http://${host}:${world.port}${path}`;
}

/** An address of the backend under any name that ends in `.localhost`. */
function internal(place: string): string {
  const [host = '', path = ''] = place.split(/(?=\/)(.*)/s);
  return `http://${host}:${origin.port}${path}`;
}

/** Asks for `/echo` there; what the backend saw, or the status where nothing came to it. */
async function seen(place: string): Promise<string | number> {
  const { status, body } = await anyone.get(external(place));
  if (status !== 200) return status;
  const echo = JSON.parse(body) as { headers: string[]; url: string };
  const host = echo.headers[echo.headers.findIndex((name) => name.toLowerCase() === 'host') + 1] ?? '';
  return host.replace(`:${origin.port}`, '') + echo.url;
}

async function locationOf(place: string, to: string): Promise<string | undefined> {
  const { headers } = await anyone.get(`${external(place)}redirect?to=${encodeURIComponent(to)}`);
  return headers.location;
}

describe('wildcards', () => {
  beforeAll(async () => {
    await world.publish({
      externalUrl: external('*.wild.postern.localhost/'),
      internalUrl: internal('*.intra.localhost/'),
    });
    await world.publish({
      externalUrl: external('*.finance.wild.postern.localhost/'),
      internalUrl: internal('*.money.localhost/'),
    });
    await world.publish({
      externalUrl: external('budgets.finance.wild.postern.localhost/'),
      internalUrl: internal('budgets.localhost/'),
    });
    await world.publish({
      externalUrl: external('*.folder.postern.localhost/pub/'),
      internalUrl: internal('*.folder.localhost/inner/'),
    });
  });

  test('B6 the label that the user asks for is filled into the internal host', async () => {
    expect(await seen('a.wild.postern.localhost/echo')).toBe('a.intra.localhost/echo');
    expect(await seen('A-9.wild.postern.localhost/echo?x')).toBe('a-9.intra.localhost/echo?x');
  });

  test('B5 the exact host beats the longer wildcard, that the shorter', async () => {
    expect(await seen('budgets.finance.wild.postern.localhost/echo')).toBe('budgets.localhost/echo');
    expect(await seen('other.finance.wild.postern.localhost/echo')).toBe('other.money.localhost/echo');
    expect(await seen('finance.wild.postern.localhost/echo')).toBe('finance.intra.localhost/echo');
  });

  test('B6 nothing but one label of a host name is filled in', async () => {
    const before = origin.requests.length;
    for (const label of ['a.b', '_a', 'a_b', '-a', 'a-', 'x'.repeat(64), '', '*', '%61', 'a:1', '127.0.0.1']) {
      const socket = await rawGet(`${label}.wild.postern.localhost`, '/echo');
      expect([label, socket === 400 || socket === 404]).toEqual([label, true]);
    }
    expect(await rawGet('wild.postern.localhost', '/echo')).toBe(404);
    expect(origin.requests.length).toBe(before);
  });

  test('B6 B26 addresses of the wildcard are translated both ways, by label', async () => {
    const from = 'a.wild.postern.localhost/';
    expect(await locationOf(from, internal('b.intra.localhost/x?y#z'))).toBe(
      external('b.wild.postern.localhost/x?y#z'),
    );
    expect(await locationOf(from, internal('b.money.localhost/'))).toBe(external('b.finance.wild.postern.localhost/'));
    expect(await locationOf(from, internal('budgets.localhost/1'))).toBe(
      external('budgets.finance.wild.postern.localhost/1'),
    );
    expect(await locationOf(from, internal('c.folder.localhost/inner/2'))).toBe(
      external('c.folder.postern.localhost/pub/2'),
    );
    for (const elsewhere of [internal('c.folder.localhost/other/'), internal('a.b.intra.localhost/'), '/relative']) {
      expect(await locationOf(from, elsewhere)).toBe(elsewhere);
    }
    const sent = await anyone.send('MOVE', external('a.wild.postern.localhost/echo'), {
      destination: external('a.wild.postern.localhost/moved'),
    });
    expect(sent.body).toContain(internal('a.intra.localhost/moved'));
  });

  test('B6 the folder of a wildcard is all that is published', async () => {
    expect(await seen('a.folder.postern.localhost/pub/../echo')).toBe(404);
    expect(await seen('a.folder.postern.localhost/echo')).toBe(404);
  });

  test('B11 sign-in works on each host of a wildcard, with a cookie for that host alone', async () => {
    const { provider } = world;
    await world.publish(
      {
        externalUrl: external('*.guarded.postern.localhost/'),
        internalUrl: internal('*.guarded.localhost/'),
        externalAuthenticationType: 'aadPreAuthentication',
      },
      { appRoleAssignmentRequired: false },
    );
    const browser = new SignInBrowser();
    const first = await browser.signIn(external('a.guarded.postern.localhost/echo?1'), provider.user('alice'));
    expect(first.url).toBe(external('a.guarded.postern.localhost/echo?1'));
    expect(JSON.parse(first.body)).toMatchObject({ url: '/echo?1' });
    // The second host asks for no password.
    const second = await browser.open(external('b.guarded.postern.localhost/echo?2'));
    expect(JSON.parse(second.body)).toMatchObject({ url: '/echo?2' });
    const cookie = [...(browser.jar.get('a.guarded.postern.localhost') ?? [])].map((pair) => pair.join('=')).join('; ');
    const stolen = await anyone.get(external('c.guarded.postern.localhost/echo'), { cookie });
    expect(stolen.status).toBe(302);
  });

  test('B6 a * is refused anywhere else, and on one side alone', async () => {
    const refusal = async (externalUrl: string, internalUrl: string): Promise<string[]> => {
      const { status, body } = await world.tryToPublish({ externalUrl, internalUrl });
      expect(status).toBe(400);
      return body.error.details.map(({ target }: { target: string }) => target.replace('onPremisesPublishing.', ''));
    };
    const inside = 'http://*.x.internal/';
    for (const place of [
      'a.*.x.example/',
      'a*.x.example/',
      '*a.x.example/',
      '*.*.x.example/',
      '*.example/',
      '*.x.example/*/',
    ]) {
      expect([place, await refusal(external(place), inside)]).toEqual([place, ['externalUrl']]);
    }
    expect(await refusal(external('*.x.example/'), 'http://x.*.internal/')).toEqual(['internalUrl']);
    expect(await refusal(external('*.x.example/'), 'http://x.internal/')).toEqual(['internalUrl']);
    expect(await refusal(external('x.example/'), inside)).toEqual(['externalUrl']);
  });
});

describe('complex applications', () => {
  test('B7 exactly the segments are published, the longest path and most specific host first', async () => {
    await world.publish({
      externalUrl: external('*.suite.postern.localhost/'),
      internalUrl: internal('*.suite.localhost/'),
      segmentsConfiguration: {
        '@odata.type': '#microsoft.graph.webSegmentConfiguration',
        applicationSegments: [
          {
            '@odata.type': '#microsoft.graph.webApplicationSegment',
            externalUrl: external('home.suite.postern.localhost/'),
            internalUrl: internal('home.localhost/'),
            alternateUrl: external('suite.example/'),
            corsConfigurations: [],
          },
          { externalUrl: external('home.suite.postern.localhost/api/'), internalUrl: internal('api.localhost/v1/') },
          { externalUrl: external('files.postern.localhost/pub/'), internalUrl: internal('files.localhost/') },
        ],
      },
    });
    expect(await seen('home.suite.postern.localhost/echo')).toBe('home.localhost/echo');
    expect(await seen('suite.example/echo')).toBe('home.localhost/echo');
    expect(await seen('files.postern.localhost/pub/echo')).toBe('files.localhost/echo');
    await anyone.get(external('home.suite.postern.localhost/api/echo'));
    expect(origin.requests.at(-1)?.url).toBe('/v1/echo');
    const before = origin.requests.length;
    for (const place of [
      'other.suite.postern.localhost/echo',
      'files.postern.localhost/echo',
      'suite.postern.localhost/echo',
    ]) {
      expect([place, await seen(place)]).toEqual([place, 404]);
    }
    expect(origin.requests.length).toBe(before);
  });

  test('B7 B26 links to any segment of any application are translated, whatever group serves it', async () => {
    const group = await world.api('POST', '/onPremisesPublishingProfiles/applicationProxy/connectorGroups', {
      name: 'Far away',
    });
    await world.publish(
      {
        externalUrl: external('far.postern.localhost/'),
        internalUrl: 'http://far.internal/',
        segmentsConfiguration: {
          applicationSegments: [
            { externalUrl: external('far.postern.localhost/'), internalUrl: 'http://far.internal/' },
            { externalUrl: external('farther.postern.localhost/a/'), internalUrl: 'https://farther.internal:8443/b/' },
          ],
        },
      },
      { connectorGroupId: group.body.id },
    );
    await world.publish({ externalUrl: external('near.postern.localhost/'), internalUrl: internal('near.localhost/') });
    const from = 'near.postern.localhost/';
    expect(await locationOf(from, 'https://farther.internal:8443/b/c')).toBe(external('farther.postern.localhost/a/c'));
    expect(await locationOf(from, 'http://far.internal/c')).toBe(external('far.postern.localhost/c'));
    expect(await locationOf(from, internal('files.localhost/c'))).toBe(external('files.postern.localhost/pub/c'));
    // Two external URLs of one backend: whoever came by one stays with it.
    expect(await locationOf('suite.example/', internal('home.localhost/c'))).toBe(external('suite.example/c'));
    expect(await locationOf('home.suite.postern.localhost/', internal('home.localhost/c'))).toBe(
      external('home.suite.postern.localhost/c'),
    );
  });

  test('B7 one session serves every segment, asking for no second password', async () => {
    const { provider } = world;
    const id = await world.publish({
      externalUrl: external('one.postern.localhost/'),
      internalUrl: internal('one.localhost/'),
      externalAuthenticationType: 'aadPreAuthentication',
      segmentsConfiguration: {
        applicationSegments: [
          { externalUrl: external('one.postern.localhost/'), internalUrl: internal('one.localhost/') },
          { externalUrl: external('two.postern.localhost/x/'), internalUrl: internal('two.localhost/') },
        ],
      },
    });
    const { id: principalId } = provider.user('alice');
    await world.api('POST', `/servicePrincipals/${id}/appRoleAssignedTo`, { principalId });
    const browser = new SignInBrowser();
    await browser.signIn(external('one.postern.localhost/echo'), provider.user('alice'));
    const second = await browser.open(external('two.postern.localhost/x/echo'));
    expect(JSON.parse(second.body)).toMatchObject({ url: '/echo' });
    const portal = await browser.open(`${world.service.url}/`);
    expect(portal.body).toContain(external('one.postern.localhost/'));
    expect(portal.body).not.toContain('two.postern.localhost');
    const records = recentTraffic(world.connector.engine).filter(({ applicationId }) => applicationId === id);
    expect(records).toHaveLength(2);
    expect(world.connector.engine.state.applications.filter((application) => application.id === id)).toHaveLength(1);
  });

  test('B1 B7 every address is unique, and each problem names its field', async () => {
    const segment = (place: string, more: object = {}): object => ({
      externalUrl: external(place),
      internalUrl: 'http://u.internal/',
      ...more,
    });
    const problems = async (applicationSegments: object[], more: object = {}): Promise<string[]> => {
      const { status, body } = await world.tryToPublish({
        externalUrl: external('*.unique.example/'),
        internalUrl: 'http://*.internal/',
        segmentsConfiguration: { applicationSegments },
        ...more,
      });
      expect(status).toBe(400);
      const { details = [body.error] } = body.error as { details?: { target: string }[] };
      return details.map(({ target }: { target: string }) =>
        target.replace('onPremisesPublishing.', '').replace('segmentsConfiguration.applicationSegments.', ''),
      );
    };
    expect(await problems([segment('new.example/'), segment('FILES.postern.localhost/%70ub/')])).toEqual([
      '1.externalUrl',
    ]);
    expect(await problems([segment('new.example/', { alternateUrl: external('near.postern.localhost/') })])).toEqual([
      '0.alternateUrl',
    ]);
    expect(await problems([segment('new.example/'), segment('new.example/')])).toEqual(['1.externalUrl']);
    expect(
      await problems([
        segment('new.example/x', { internalUrl: 'ftp://x/' }),
        segment('*.new.example/'),
        segment('n.example/', { alternateUrl: 'http://n.example:1/' }),
      ]),
    ).toEqual(['0.externalUrl', '0.internalUrl', '1.internalUrl', '2.alternateUrl']);
    expect(
      await problems([segment('new.example/')], { externalUrl: external('lone.example/'), internalUrl: 'http://u/' }),
    ).toEqual(['externalUrl']);
    expect(
      await problems([segment('new.example/')], { externalUrl: external('new.example/'), internalUrl: 'http://v/' }),
    ).toEqual(['internalUrl']);
  });

  test('B7 segments are changed as a whole, and a change of something else keeps them', async () => {
    const segments = (...names: string[]): object => ({
      applicationSegments: names.map((name) => ({
        externalUrl: external(`${name}.change.postern.localhost/`),
        internalUrl: internal(`${name}.localhost/`),
      })),
    });
    const id = await world.publish({
      externalUrl: external('*.change.postern.localhost/'),
      internalUrl: internal('*.localhost/'),
      segmentsConfiguration: segments('a', 'b'),
    });
    const path = `/applications/${id}`;
    expect((await world.api('PATCH', path, { displayName: 'Changed' })).status).toBe(204);
    expect(await seen('a.change.postern.localhost/echo')).toBe('a.localhost/echo');
    await world.api('PATCH', path, { onPremisesPublishing: { segmentsConfiguration: segments('b', 'c') } });
    expect(await seen('a.change.postern.localhost/echo')).toBe(404);
    expect(await seen('b.change.postern.localhost/echo')).toBe('b.localhost/echo');
    expect(await seen('c.change.postern.localhost/echo')).toBe('c.localhost/echo');
    const { body } = await world.api('GET', path);
    expect(body.onPremisesPublishing.segmentsConfiguration.applicationSegments[1]).toEqual({
      externalUrl: external('c.change.postern.localhost/'),
      internalUrl: internal('c.localhost/'),
      alternateUrl: null,
      corsConfigurations: [],
    });
    await world.api('PATCH', path, { onPremisesPublishing: { segmentsConfiguration: null } });
    expect(await seen('a.change.postern.localhost/echo')).toBe('a.localhost/echo');
    // What was given up may be taken.
    await world.publish({
      externalUrl: external('b.change.postern.localhost/'),
      internalUrl: internal('z.localhost/'),
    });
    expect(await seen('b.change.postern.localhost/echo')).toBe('z.localhost/echo');
  });

  test('B7 of changes at once that want one address, one gets it', async () => {
    const take = (name: string): Promise<{ status: number }> =>
      world.tryToPublish({
        externalUrl: external(`*.${name}.example/`),
        internalUrl: 'http://*.internal/',
        segmentsConfiguration: {
          applicationSegments: [{ externalUrl: external('wanted.example/'), internalUrl: 'http://w.internal/' }],
        },
      });
    const answers = await Promise.all(['r1', 'r2', 'r3', 'r4', 'r5'].map(take));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400, 400, 400, 400]);
  });
});

describe('paths', () => {
  test('B2 B4 the longest path decides who may enter, which backend is asked and what it sees', async () => {
    await world.publish({
      externalUrl: external('paths.postern.localhost/a/'),
      internalUrl: internal('outer.localhost/x/y/'),
    });
    await world.publish({
      externalUrl: external('paths.postern.localhost/a/b/'),
      internalUrl: internal('inner.localhost/'),
      isTranslateHostHeaderEnabled: false,
    });
    await world.publish({
      externalUrl: external('paths.postern.localhost/a/b/c/'),
      internalUrl: internal('innermost.localhost/'),
      externalAuthenticationType: 'aadPreAuthentication',
    });
    const ask = async (path: string): Promise<string> => {
      await anyone.get(external(`paths.postern.localhost${path}`));
      const { url = '', rawHeaders = [] } = origin.requests.at(-1) ?? {};
      return (rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'host') + 1] ?? '') + url;
    };
    expect(await ask('/a/echo')).toBe(`outer.localhost:${origin.port}/x/y/echo`);
    expect(await ask('/a/b/echo')).toBe(`paths.postern.localhost:${world.port}/echo`);
    expect(await ask('/%61/%62/echo')).toBe(`paths.postern.localhost:${world.port}/echo`);
    const before = origin.requests.length;
    expect((await anyone.get(external('paths.postern.localhost/a/b/c/echo'))).status).toBe(302);
    for (const path of ['/', '/ab/', '/A/', '/a/../x', '/b/'])
      expect(await seen(`paths.postern.localhost${path}`)).toBe(404);
    expect(origin.requests.length).toBe(before);
  });

  test('B2 an external URL has the port at which the service listens, or none that can be published', async () => {
    const refused = await world.tryToPublish({
      externalUrl: 'http://port.example/',
      internalUrl: 'http://p.internal:8443/',
    });
    expect(refused.status).toBe(400);
    expect(refused.body.error.message).toContain(external('port.example/'));
    await world.publish({ externalUrl: external('port.example/'), internalUrl: 'http://p.internal:8443/' });
  });
});

describe('maintenance and robots', () => {
  test('B8 maintenance answers everybody 503 with Retry-After, and nothing reaches the backend', async () => {
    await world.publish({
      externalUrl: external('closed.postern.localhost/'),
      internalUrl: internal('closed.localhost/'),
      isOnPremPublishingEnabled: false,
    });
    const before = origin.requests.length;
    const page = await anyone.get(external('closed.postern.localhost/echo'));
    expect(page.status).toBe(503);
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
    expect(page.headers['content-type']).toContain('text/html');
    const problem = await anyone.get(external('closed.postern.localhost/echo'), { accept: 'application/json' });
    expect(problem.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(problem.body)).toMatchObject({ status: 503, code: 'EDGE_MAINTENANCE' });
    expect(problem.headers['retry-after']).toBe(page.headers['retry-after']);
    expect(origin.requests.length).toBe(before);
  });

  test("B9 robots.txt is the service's, unless the application turns that off", async () => {
    const excluded = 'User-agent: *\nDisallow: /\n';
    await world.publish({
      externalUrl: external('crawl.postern.localhost/'),
      internalUrl: internal('crawl.localhost/'),
      isRobotsExclusionEnabled: false,
    });
    const before = origin.requests.length;
    for (const host of ['near', 'a.wild', 'files', 'closed']) {
      expect((await anyone.get(external(`${host}.postern.localhost/robots.txt`))).body).toBe(excluded);
    }
    expect(origin.requests.length).toBe(before);
    expect((await anyone.get(external('crawl.postern.localhost/robots.txt'))).body).not.toBe(excluded);
    expect(origin.requests.at(-1)?.url).toBe('/robots.txt');
  });
});

async function rawGet(host: string, target: string): Promise<number> {
  const socket = connect(world.port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}:${world.port}\r\nConnection: close\r\n\r\n`);
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(await text(socket))?.[1]);
}
