import { BatchRequestContent, BatchResponseContent, Client, PageIterator } from '@microsoft/microsoft-graph-client';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestAuthority, makeAuthority } from '../helpers/make-authority.ts';
import { makePfx } from '../helpers/make-pfx.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';
import { rememberSecret } from '../helpers/test-log.ts';

/** Microsoft's own client, as its readme sets it up; nothing of it is changed. It sends a token over https alone. */
const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';
const trusted = getCACertificates('default');

let folder: string;
let authority: TestAuthority;
let provider: StartedProvider;
let service: StartedService;
let client: Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-graph-'));
  authority = await makeAuthority('Test authority');
  const { cert, key } = await authority.issue(['localhost', '*.postern.localhost']);
  const tls = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  writeFileSync(tls.certificateFile, cert);
  writeFileSync(tls.keyFile, key, { mode: 0o600 });
  setDefaultCACertificates([...trusted, authority.cert]);
  provider = await startProvider();
  service = await startService({ provider, configuration: { publicUrl: 'https://localhost:0', tls } });
  const token = await provider.automationToken();
  rememberSecret('access token', token);
  client = Client.init({
    baseUrl: `${service.url}/graph`,
    defaultVersion: 'beta',
    customHosts: new Set(['localhost']),
    authProvider: (done) => done(null, token),
  });
});

afterAll(async () => {
  setDefaultCACertificates(trusted);
  await service.close();
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Named {
  readonly id: string;
  readonly displayName: string;
}

const externalUrl = (hostname: string): string => `https://${hostname}:${new URL(service.url).port}/`;

async function publish(name: string): Promise<Named> {
  return client.api('/applications').post({
    displayName: name,
    onPremisesPublishing: {
      externalUrl: externalUrl(`${name}.postern.localhost`),
      internalUrl: `http://${name}.internal/`,
    },
  });
}

test('applications are created, read, changed, filtered, counted and deleted', async () => {
  const created = await publish('wiki');
  await publish('notes');
  const path = `/applications/${created.id}`;
  expect(await client.api(path).select(['id', 'displayName']).get()).toMatchObject({
    id: created.id,
    displayName: 'wiki',
  });
  await client.api(path).patch({ displayName: 'Wiki', onPremisesPublishing: { isPersistentCookieEnabled: true } });
  expect((await client.api(path).get()).onPremisesPublishing.isPersistentCookieEnabled).toBe(true);

  const found = await client
    .api('/applications')
    .header('ConsistencyLevel', 'eventual')
    .filter("startswith(displayName,'w') and onPremisesPublishing/internalUrl ne null")
    .search('"displayName:wiki"')
    .orderby('displayName desc')
    .count(true)
    .top(5)
    .get();
  expect([found['@odata.count'], found.value.map((each: Named) => each.displayName)]).toEqual([1, ['Wiki']]);
  expect(await client.api('/applications/$count').get()).toBe('2');

  await client.api(path).delete();
  const refused = await client
    .api(path)
    .get()
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ statusCode: 404, code: 'API_NOT_FOUND' });
  const invalid = await client
    .api('/applications')
    .filter("colour eq 'red'")
    .get()
    .catch((error: unknown) => error);
  expect(invalid).toMatchObject({ statusCode: 400, code: 'API_INVALID' });
});

test('a PageIterator walks through all pages', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `page-${index}`);
  for (const name of names) await publish(name);
  const seen: string[] = [];
  const first = await client
    .api('/applications')
    .filter("startswith(displayName,'page-')")
    .orderby('displayName')
    .top(3)
    .get();
  expect(first['@odata.nextLink']).toContain('$skiptoken'.replace('$', '%24'));
  const iterator = new PageIterator(client, first, ({ displayName }: Named) => seen.push(displayName) > 0);
  await iterator.iterate();
  expect(seen).toEqual(names);
  expect(iterator.isComplete()).toBe(true);
});

test('connector groups are made, given to an application, renamed and deleted', async () => {
  const application = await publish('grouped');
  const groups = `${PROFILE}/connectorGroups`;
  const group = await client.api(groups).post({ name: 'Branch', connectorGroupType: 'applicationProxy' });
  const path = `/applications/${application.id}/connectorGroup`;
  await client.api(`${path}/$ref`).put({ '@odata.id': `${service.apiBaseUrl}${groups}/${group.id}` });
  expect(await client.api(path).get()).toMatchObject({ id: group.id, name: 'Branch' });
  await client.api(`${groups}/${group.id}`).patch({ name: 'Branch office' });
  expect((await client.api(`${groups}/${group.id}/applications`).get()).value).toHaveLength(1);
  const inUse = await client
    .api(`${groups}/${group.id}`)
    .delete()
    .catch((error: unknown) => error);
  expect(inUse).toMatchObject({ statusCode: 409, code: 'API_IN_USE' });
  await client.api(`/applications/${application.id}`).delete();
  await client.api(`${groups}/${group.id}`).delete();
  expect((await client.api(groups).filter("name eq 'branch office'").get()).value).toEqual([]);
});

test('people and groups are assigned and let out again', async () => {
  const application = await publish('assigned');
  const path = `/servicePrincipals/${application.id}/appRoleAssignedTo`;
  await client.api(path).post({ principalId: 'id-alice', resourceId: application.id });
  const group = await client.api(path).post({ principalId: 'g-finance', principalType: 'Group' });
  const groups = await client.api(path).filter("principalType eq 'Group'").get();
  expect(groups.value.map((each: { principalId: string }) => each.principalId)).toEqual(['g-finance']);
  await client.api(`${path}/${group.id}`).delete();
  expect((await client.api(path).get()).value).toHaveLength(1);
});

test('a certificate of a custom domain is uploaded', async () => {
  const { cert, key } = await authority.issue(['hr.contoso.example']);
  const pfx = makePfx([cert, authority.cert], key, 'secret word');
  const application: Named = await client.api('/applications').post({
    displayName: 'HR',
    onPremisesPublishing: { externalUrl: externalUrl('hr.contoso.example'), internalUrl: 'http://hr.internal/' },
  });
  await client.api(`/applications/${application.id}`).patch({
    onPremisesPublishing: {
      verifiedCustomDomainKeyCredential: { type: 'X509CertAndPassword', value: pfx.toString('base64') },
      verifiedCustomDomainPasswordCredential: { value: 'secret word' },
    },
  });
  const { onPremisesPublishing } = await client.api(`/applications/${application.id}`).get();
  expect(onPremisesPublishing.verifiedCustomDomainCertificatesMetadata.subjectName).toContain('hr.contoso.example');
});

test('several requests go in one batch', async () => {
  const content = new BatchRequestContent([
    {
      id: 'group',
      request: new Request(`https://localhost${PROFILE}/connectorGroups`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'Of a batch' }),
      }),
    },
    {
      id: 'list',
      request: new Request(`https://localhost${PROFILE}/connectorGroups?$filter=name eq 'of a batch'`),
      dependsOn: ['group'],
    },
  ]);
  const answers = new BatchResponseContent(await client.api('/$batch').post(await content.getContent()));
  expect(answers.getResponseById('group').status).toBe(201);
  const { value } = (await answers.getResponseById('list').json()) as { value: { name: string }[] };
  expect(value.map(({ name }) => name)).toEqual(['Of a batch']);
});
