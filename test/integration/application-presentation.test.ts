import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiAnswer, type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { makeGif, makeJpeg, makePng } from '../helpers/logo-pictures.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

let provider: StartedProvider;
let service: StartedService;
let api: ApiClient;
let token: string;

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  token = await provider.automationToken();
  api = makeApiClient(service.apiBaseUrl, token);
});

afterAll(async () => {
  await service?.close();
  await provider?.close();
});

function publish(name: string, more: object = {}, publishing: object = {}): Promise<ApiAnswer> {
  return api('POST', '/applications', {
    displayName: name,
    onPremisesPublishing: {
      externalUrl: service.externalUrl(name),
      internalUrl: `http://${name}.internal/`,
      ...publishing,
    },
    ...more,
  });
}

describe('what people are told of an application', () => {
  test('has the fields of Graph, which a change leaves alone that does not name them', async () => {
    const created = await publish('described', { description: ' Claims and receipts ', tags: ['HideApp', 'finance'] });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      description: 'Claims and receipts',
      tags: ['HideApp', 'finance'],
      web: { homePageUrl: null },
      info: { logoUrl: null },
    });
    const path = `/applications/${created.body.id}`;
    const homePageUrl = `${service.externalUrl('described')}start?tab=1`;
    expect((await api('PATCH', path, { web: { homePageUrl } })).status).toBe(204);
    expect((await api('GET', path)).body).toMatchObject({
      description: 'Claims and receipts',
      tags: ['HideApp', 'finance'],
      web: { homePageUrl },
    });

    const principal = `/servicePrincipals/${created.body.id}`;
    expect((await api('PATCH', principal, { tags: [] })).status).toBe(204);
    expect((await api('GET', principal)).body).toMatchObject({
      appRoleAssignmentRequired: true,
      tags: [],
      homepage: homePageUrl,
      description: 'Claims and receipts',
    });
    expect((await api('PATCH', path, { description: null })).status).toBe(204);
    expect((await api('GET', path)).body).toMatchObject({ description: null, tags: [] });
  });

  test('is refused by its field where it is too long', async () => {
    const { status, body } = await publish('long', { description: 'x'.repeat(1025) });
    expect([status, body.error.target]).toEqual([400, 'description']);
  });

  test('B2 a home page lies below what is published, also when that changes', async () => {
    const externalUrl = service.externalUrl('paths');
    const created = await publish(
      'paths',
      {},
      { externalUrl: `${externalUrl}hr/`, internalUrl: 'http://paths.internal/hr/' },
    );
    const path = `/applications/${created.body.id}`;
    for (const homePageUrl of [
      'https://elsewhere.example/hr/',
      externalUrl,
      `${externalUrl}hr/../admin`,
      `${externalUrl}hr/`.replace('http:', 'https:'),
      `${externalUrl}hr/`.replace(/:\d+/, ':1'),
      `${externalUrl}hr/`.replace('://', '://user@'),
      'javascript:alert(1)',
      'hr',
    ]) {
      const { status, body } = await api('PATCH', path, { web: { homePageUrl } });
      expect([homePageUrl, status, body?.error.target]).toEqual([homePageUrl, 400, 'web.homePageUrl']);
    }
    expect((await api('PATCH', path, { web: { homePageUrl: `${externalUrl}hr/desk` } })).status).toBe(204);
    const moved = { externalUrl: `${externalUrl}staff/`, internalUrl: 'http://paths.internal/staff/' };
    const { status, body } = await api('PATCH', path, { onPremisesPublishing: moved });
    expect([status, body.error.target]).toEqual([400, 'web.homePageUrl']);
    const both = { onPremisesPublishing: moved, web: { homePageUrl: `${externalUrl}staff/desk` } };
    expect((await api('PATCH', path, both)).status).toBe(204);
  });

  test('B6 a wildcard takes a home page on one of its hosts', async () => {
    const host = new URL(service.externalUrl('any')).host;
    const created = await publish(
      'any',
      {},
      { externalUrl: `http://*.${host}/`, internalUrl: 'http://*.intra.example/' },
    );
    expect(created.status).toBe(201);
    const path = `/applications/${created.body.id}`;
    const patch = (homePageUrl: string): Promise<ApiAnswer> => api('PATCH', path, { web: { homePageUrl } });
    expect((await patch(`http://start.${host}/`)).status).toBe(204);
    expect((await patch(`http://a.b.${host}/`)).status).toBe(400);
    expect((await patch(`http://${host}/`)).status).toBe(400);
  });
});

describe('a logo', () => {
  const send = async (method: string, path: string, type?: string, octets?: Buffer): Promise<Response> =>
    fetch(service.apiBaseUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(type !== undefined && { 'content-type': type }) },
      ...(octets !== undefined && { body: new Uint8Array(octets) }),
    });

  test('is put, read, replaced and removed as in Graph, and audited', async () => {
    const { body: application } = await publish('pictured');
    const path = `/applications/${application.id}/logo`;
    expect((await send('GET', path)).status).toBe(404);
    const kinds = [
      ['image/png', makePng(48, 48)],
      ['image/jpeg', makeJpeg(215, 215)],
      ['image/gif', makeGif(48, 48, 1)],
      ['application/octet-stream', makePng(64, 64)],
    ] as const;
    const urls = new Set<string>();
    for (const [type, octets] of kinds) {
      expect((await send('PUT', path, type, octets)).status).toBe(204);
      const answer = await send('GET', path);
      expect(answer.headers.get('content-type')).toBe(type === 'application/octet-stream' ? 'image/png' : type);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(octets);
      const { logoUrl } = (await api('GET', `/applications/${application.id}`)).body.info;
      expect(logoUrl).toMatch(new RegExp(`^${service.url}/\\.postern/logos/${application.id}/`));
      urls.add(logoUrl);
    }
    expect(urls.size).toBe(kinds.length);
    // A change of anything else keeps it.
    await api('PATCH', `/applications/${application.id}`, { displayName: 'Renamed' });
    const { body } = await api('GET', `/applications/${application.id}`);
    expect(urls).toContain(body.info.logoUrl);

    expect((await send('DELETE', path)).status).toBe(204);
    expect((await api('GET', `/applications/${application.id}`)).body.info.logoUrl).toBeNull();
    expect((await send('GET', path)).status).toBe(404);
    const filter = encodeURIComponent(`targetId eq '${application.id}'`);
    const { value } = (await api('GET', `/postern/audit?$filter=${filter}`)).body;
    expect(value[0]).toMatchObject({
      activityDisplayName: 'application.updateLogo',
      after: { info: { logoUrl: null } },
    });
  });

  test('is refused where it is no still picture of a sensible size, saying what is wrong', async () => {
    const { body: application } = await publish('unpictured');
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const png = makePng(48, 48);
    const refused: readonly (readonly [string, string, Buffer, RegExp])[] = [
      ['an SVG', 'image/svg+xml', svg, /save it as PNG/],
      ['an SVG called PNG', 'image/png', svg, /no whole PNG/],
      ['HTML', 'text/html', Buffer.from('<html>'), /Content-Type must be/],
      ['a GIF called PNG', 'image/png', makeGif(48, 48, 1), /says image\/png.*is image\/gif/],
      ['a cut PNG', 'image/png', png.subarray(0, -9), /no whole PNG/],
      ['a PNG with a page behind it', 'image/png', Buffer.concat([png, Buffer.from('<script>')]), /no whole PNG/],
      ['too small', 'image/png', makePng(15, 48), /15 × 48/],
      ['too large to show', 'image/png', makePng(1025, 16), /16 to 1024/],
      ['too many octets', 'image/png', Buffer.concat([png, Buffer.alloc(102_400)]), /102400 .*allowed/],
      ['a film', 'image/gif', makeGif(48, 48, 2), /moves/],
      ['a film as PNG', 'image/png', makePng(48, 48, '#000000', 'acTL'), /moves/],
      ['nothing', 'image/png', Buffer.alloc(0), /no whole PNG/],
      ['the end of a JPEG', 'image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xd9]), /no whole PNG/],
    ];
    for (const [name, type, octets, message] of refused) {
      const answer = await send('PUT', `/applications/${application.id}/logo`, type, octets);
      const { error } = (await answer.json()) as { error: { message: string; target: string } };
      expect([name, answer.status, error.target]).toEqual([name, 400, 'logo']);
      expect(error.message).toMatch(message);
    }
    expect((await send('PUT', '/applications/none/logo', 'image/png', png)).status).toBe(404);
    const anonymous = await fetch(`${service.apiBaseUrl}/applications/${application.id}/logo`, { method: 'PUT' });
    expect(anonymous.status).toBe(401);
  });
});
