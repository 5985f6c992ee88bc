import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AdminApi } from '../../src-main/account/admin-api.ts';
import { PublishingApi } from '../../src-main/account/publishing-api.ts';
import { makePublications } from '../../src-main/app/publications.ts';
import { tellError } from '../../src-main/app/spoken-error.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type Application, applicationCreateSchema } from '../../src-shared/publishing/application.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

/** What the service refuses, as the desktop app tells it in German. */

let provider: StartedProvider;
let service: StartedService;
let publishing: PublishingApi;

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  const token = await provider.automationToken();
  const { apiBaseUrl: baseUrl } = service;
  publishing = new PublishingApi(
    new AdminApi({ baseUrl, fetch, accessToken: async () => token, onUnauthenticated: () => undefined }),
  );
});

afterAll(async () => {
  await service.close();
  await provider.close();
});

async function refusalOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PosternError)) throw new Error('It was not refused.', { cause: error });
  return tellError(error, 'de');
}

function publish(displayName: string, externalUrl: string): Promise<unknown> {
  const onPremisesPublishing = { externalUrl, internalUrl: 'http://wiki.corp/' };
  return publishing.createApplication(
    applicationCreateSchema.parse({ displayName, onPremisesPublishing }),
    displayName,
  );
}

test('B67 what stands in the way of a group is said whole, by name', async () => {
  const { id } = await publishing.createConnectorGroup('Berlin');
  expect(await refusalOf(publishing.createConnectorGroup('berlin'))).toBe(
    'Eine Connectorgruppe „berlin“ gibt es schon.',
  );
  const groups = await publishing.listConnectorGroups();
  const standard = groups.find(({ isDefault }) => isDefault)?.id ?? '';
  expect(await refusalOf(publishing.deleteConnectorGroup(standard))).toBe(
    'Die Connectorgruppe Default lässt sich nicht löschen.',
  );
  await publishing.deleteConnectorGroup(id);
  expect(await refusalOf(publishing.deleteConnectorGroup(id))).toBe(
    `Diese Connectorgruppe gibt es nicht mehr (${id}).`,
  );
});

test('B8 every field at fault is named as the form names it, with what others have', async () => {
  const externalUrl = service.externalUrl('taken');
  await publish('Wiki', externalUrl);
  expect(await refusalOf(publish('Another', externalUrl))).toBe(
    `Externe URL: Die externe URL ${externalUrl} hat schon die Anwendung „Wiki“. Wählen Sie eine andere, oder ändern Sie zuerst jene Anwendung.`,
  );
  const elsewhere = new URL('/', service.externalUrl('elsewhere'));
  elsewhere.port = '1';
  expect(await refusalOf(publish('Elsewhere', elsewhere.href))).toBe(
    `Externe URL: Dort lauscht der Dienst nicht. Unter diesem Namen wäre es ${service.externalUrl('elsewhere')}`,
  );
});

test('what the schema refuses is said in German, and so is what is wrong with the authorities of a backend', async () => {
  const refused = (onPremisesPublishing: object): Promise<string> => {
    const application = {
      displayName: 'Refused',
      onPremisesPublishing: {
        externalUrl: service.externalUrl('refused'),
        internalUrl: 'http://refused.corp/',
        ...onPremisesPublishing,
      },
    };
    // As an app of another version would send it: this one's own schema refuses it as well.
    return refusalOf(publishing.createApplication(application, 'refused'));
  };
  expect(await refused({ maximumConcurrentRequests: -1 })).toBe('Anfragen zugleich: Der Wert muss mindestens 0 sein.');
  expect(await refused({ accessTokenAudiences: ['two words'] })).toMatch(
    /: Erlaubt sind 1 bis 256 sichtbare ASCII-Zeichen\.$/,
  );
  expect(await refused({ internalURL: 'x' })).toMatch(/^Ein solches Feld gibt es nicht. Ist .*internalUrl gemeint\?$/);
  expect(await refused({ backendTrustedCertificates: 'trust me' })).toMatch(/Es ist kein Zertifikat darin/);
});

test('a change over what somebody else has changed is refused in German', async () => {
  const created = (await publish('Twice', service.externalUrl('twice'))) as Application;
  const { '@odata.etag': ifMatch } = await publishing.readApplication(created.id);
  await publishing.updateApplication(created.id, { displayName: 'Changed once' }, ifMatch);
  const refused = publishing.updateApplication(created.id, { displayName: 'Changed twice' }, ifMatch);
  expect(await refusalOf(refused)).toBe(
    'Jemand anderes hat es inzwischen geändert. Laden Sie die Liste neu, und wiederholen Sie Ihre Änderung.',
  );
});

test('what was published as the app died was called an address that is taken', async () => {
  const wanted = applicationCreateSchema.parse({
    displayName: 'Half heard',
    onPremisesPublishing: { externalUrl: service.externalUrl('half'), internalUrl: 'http://half.corp/' },
  });
  const start = (nowMs: number) =>
    makePublications(() => publishing, { owner: () => 'admin', onTakenBack: () => undefined, now: () => nowMs });
  const { signal } = new AbortController();
  const published = await start(Date.now()).run({ application: wanted, people: [] }, signal);
  const again = await start(Date.now()).run({ application: wanted, people: [] }, signal);
  expect(again.id).toBe(published.id);
  const other = { ...wanted, displayName: 'Another' };
  expect(await refusalOf(start(Date.now()).run({ application: other, people: [] }, signal))).toMatch(/hat schon/);
  // Else it would be told as published, and be open to whom the first attempt had let in.
  const stricter = { ...wanted, appRoleAssignmentRequired: !published.appRoleAssignmentRequired };
  expect(await refusalOf(start(Date.now()).run({ application: stricter, people: [] }, signal))).toMatch(/hat schon/);
  const same = start(Date.now());
  const url = service.externalUrl('twice-the-same');
  const onPremisesPublishing = { ...wanted.onPremisesPublishing, externalUrl: url };
  const asked = { application: { ...wanted, onPremisesPublishing }, people: [] };
  const [one, two] = [randomUUID(), randomUUID()];
  const made = await same.run({ ...asked, attemptId: one }, signal);
  expect((await same.run({ ...asked, attemptId: one }, signal)).id).toBe(made.id);
  expect(await refusalOf(same.run({ ...asked, attemptId: two }, signal))).toMatch(/hat schon/);
  const muchLater = Date.now() + 3_600_000;
  expect(await refusalOf(start(muchLater).run({ application: wanted, people: [] }, signal))).toMatch(/hat schon/);
});
