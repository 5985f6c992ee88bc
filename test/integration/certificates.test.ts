import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { askHttp2 } from '../helpers/http2-client.ts';
import { LoggedProcess } from '../helpers/logged-process.ts';
import type { TestCertificate } from '../helpers/make-certificate.ts';
import { makePfx } from '../helpers/make-pfx.ts';
import { type ApiReply, type CustomDomains, startCustomDomains } from '../helpers/start-custom-domains.ts';
import { startProvider } from '../helpers/start-provider.ts';
import { loopback, presentedTo } from '../helpers/tls-client.ts';

const DAY_MS = 86_400_000;
const PASSWORD = 'correct horse';
let world: CustomDomains;

beforeAll(async () => {
  world = await startCustomDomains();
});

afterAll(() => world.close());

function fingerprint({ cert }: TestCertificate): string {
  return new X509Certificate(cert).fingerprint256;
}

async function presented(servername: string): Promise<string> {
  return (await presentedTo(world.port, servername)).certificate.fingerprint256;
}

function upload({ cert, key }: TestCertificate, id?: string): Promise<ApiReply> {
  const body = { certificate: cert + world.authority.cert, privateKey: key };
  return id === undefined
    ? world.api('POST', '/postern/certificates', body)
    : world.api('PUT', `/postern/certificates/${id}`, body);
}

/** Graph's way: a PFX in base64 with its password. */
function graphCredentials({ cert, key }: TestCertificate, password = PASSWORD): object {
  return {
    verifiedCustomDomainKeyCredential: {
      type: 'X509CertAndPassword',
      value: makePfx([cert, world.authority.cert], key, PASSWORD).toString('base64'),
    },
    verifiedCustomDomainPasswordCredential: { value: password },
  };
}

describe('B2 custom domains with certificates of their own', () => {
  test('the handshake gets the certificate of its server name: exact, then wildcard, then the own one', async () => {
    const wildcard = await world.authority.issue(['*.contoso.example']);
    const exact = await world.authority.issue(['portal.contoso.example']);
    expect((await upload(wildcard)).status).toBe(201);
    expect(await presented('portal.contoso.example')).toBe(fingerprint(wildcard));
    expect((await upload(exact)).status).toBe(201);
    expect(await presented('portal.contoso.example')).toBe(fingerprint(exact));
    expect(await presented('PORTAL.contoso.example')).toBe(fingerprint(exact));
    expect(await presented('other.contoso.example')).toBe(fingerprint(wildcard));
    expect(await presented('a.b.contoso.example')).toBe(fingerprint(world.own));
    expect(await presented('contoso.example')).toBe(fingerprint(world.own));
    expect(await presented('')).toBe(fingerprint(world.own));
    expect((await presentedTo(world.port, 'portal.contoso.example')).protocol).toBe('h2');
    expect((await presentedTo(world.port, 'portal.contoso.example', ['http/1.1'])).protocol).toBe('http/1.1');
  });

  test('a PFX comes with an application as Graph takes it, and serves at once', async () => {
    const certificate = await world.authority.issue(['erp.fabrikam.example']);
    const id = await world.publish('erp.fabrikam.example', graphCredentials(certificate));
    const user = await world.connectTo('erp.fabrikam.example');
    expect((await askHttp2(user, { ':path': '/bytes/3' })).body).toHaveLength(3);

    const { body } = await world.api('GET', `/applications/${id}`);
    const shown = body.onPremisesPublishing.verifiedCustomDomainCertificatesMetadata;
    expect(shown).toEqual({
      thumbprint: new X509Certificate(certificate.cert).fingerprint.replaceAll(':', ''),
      subjectName: 'CN=erp.fabrikam.example',
      issuerName: 'CN=Test authority',
      issueDate: expect.stringMatching(/^\d{4}-.*Z$/),
      expiryDate: expect.stringMatching(/^\d{4}-.*Z$/),
    });

    const renewed = await world.authority.issue(['erp.fabrikam.example']);
    const patch = { onPremisesPublishing: { ...body.onPremisesPublishing, ...graphCredentials(renewed) } };
    expect((await world.api('PATCH', `/applications/${id}`, patch)).status).toBe(204);
    expect(await presented('erp.fabrikam.example')).toBe(fingerprint(renewed));
  });

  test('a refused PFX names the field, changes nothing, and repeats no secret', async () => {
    const certificate = await world.authority.issue(['crm.fabrikam.example']);
    const id = await world.publish('crm.fabrikam.example');
    const patch = (fields: object): Promise<ApiReply> =>
      world.api('PATCH', `/applications/${id}`, {
        onPremisesPublishing: { isHttpOnlyCookieEnabled: false, ...fields },
      });
    const wrong = await patch(graphCredentials(certificate, 'wrong password'));
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: { target: 'onPremisesPublishing.verifiedCustomDomainPasswordCredential' } },
    });
    expect(wrong.text).not.toContain('wrong password');
    const elsewhere = await patch(graphCredentials(await world.authority.issue(['elsewhere.example'])));
    expect(elsewhere.body.error).toMatchObject({
      target: 'onPremisesPublishing.verifiedCustomDomainKeyCredential',
      message: expect.stringMatching(/does not cover crm\.fabrikam\.example, but elsewhere\.example/),
    });
    expect((await patch({ verifiedCustomDomainPasswordCredential: { value: 'x' } })).status).toBe(400);
    const { body } = await world.api('GET', `/applications/${id}`);
    expect(body.onPremisesPublishing).toMatchObject({
      isHttpOnlyCookieEnabled: true,
      verifiedCustomDomainCertificatesMetadata: null,
    });
  });

  test('certificates are listed with what they serve, replaced and deleted; the own one belongs to the configuration', async () => {
    const soon = await world.authority.issue(['*.litware.example', 'litware.example'], {
      notAfter: new Date(Date.now() + 9.5 * DAY_MS),
    });
    const applicationId = await world.publish('wiki.litware.example');
    const created = await upload(soon);
    expect(created).toMatchObject({
      status: 201,
      body: {
        source: 'upload',
        dnsNames: ['*.litware.example', 'litware.example'],
        keyType: 'EC prime256v1',
        chain: [],
        hosts: [{ hostname: 'wiki.litware.example', applicationIds: [applicationId] }],
        warnings: [expect.stringMatching(/expires in 9 days/)],
      },
    });
    const { id } = created.body;
    expect(await upload(soon)).toMatchObject({ status: 200, body: { id } });

    const metrics = await (await fetch(`${world.operationsUrl}/metrics`)).text();
    const seconds = Math.floor(new X509Certificate(soon.cert).validToDate.getTime() / 1000);
    const labels = `certificate="${id}",source="upload",name="\\*\\.litware\\.example"`;
    expect(metrics).toMatch(new RegExp(`postern_certificate_expiry_timestamp_seconds{${labels}} ${seconds}`));

    const next = await world.authority.issue(['wiki.litware.example']);
    expect(await upload(next, id)).toMatchObject({ status: 200, body: { id, warnings: [] } });
    expect(await presented('wiki.litware.example')).toBe(fingerprint(next));
    expect(await presented('litware.example')).toBe(fingerprint(world.own));

    const list = await world.api('GET', '/postern/certificates');
    expect(list.body.value[0]).toMatchObject({ id: 'configuration', source: 'configuration' });
    expect((await world.api('DELETE', '/postern/certificates/configuration')).status).toBe(400);
    expect((await world.api('DELETE', `/postern/certificates/${id}`)).status).toBe(204);
    expect((await world.api('GET', `/postern/certificates/${id}`)).status).toBe(404);
    expect(await presented('wiki.litware.example')).toBe(fingerprint(world.own));
  });

  test('an upload that cannot be served is refused with every field at fault', async () => {
    const old = await world.authority.issue(['a.example'], { notAfter: new Date(Date.now() - DAY_MS) });
    const refused = await world.api('POST', '/postern/certificates', { certificate: old.cert, privateKey: old.key });
    expect(refused.status).toBe(400);
    expect(refused.body.error.details.map(({ target }: { target: string }) => target)).toEqual([
      'certificate',
      'certificate',
    ]);
    const empty = await world.api('POST', '/postern/certificates', {});
    expect(empty.body.error.details).toHaveLength(2);
    const both = await world.api('POST', '/postern/certificates', { pfx: 'AAAA', privateKey: old.key });
    expect(both.body.error.target).toBe('pfx');
  });

  test('a private key is nowhere to be read: not in answers, audit or database', async () => {
    const certificate = await world.authority.issue(['secret.example']);
    const { text } = await upload(certificate);
    const der = createPrivateKey(certificate.key).export({ format: 'der', type: 'pkcs8' });
    const audit = await world.api('GET', '/postern/audit');
    expect(audit.text).toContain('certificate.create');
    const files = readdirSync(world.dataFolder).map((file) => readFileSync(join(world.dataFolder, file)));
    const list = await world.api('GET', '/postern/certificates');
    for (const place of [Buffer.from(text), Buffer.from(audit.text), Buffer.from(list.text), ...files]) {
      expect(place.includes(der)).toBe(false);
      expect(place.includes('PRIVATE KEY')).toBe(false);
      expect(place.includes(der.toString('base64').slice(60, 120))).toBe(false);
    }
  });
});

describe('certificates change without breaking a connection', () => {
  test('a download and a WebSocket go on while the certificate of their host is replaced, twice', async () => {
    const hostname = 'files.adatum.example';
    const first = await world.authority.issue([hostname]);
    await world.publish(hostname);
    const { body } = await upload(first);
    const url = `https://${hostname}:${world.port}`;
    const trust = { ca: world.authority.cert, lookup: loopback };
    const socket = new WebSocket(`${url.replace('https', 'wss')}/ws`, trust);
    await once(socket, 'open');
    const request = httpsRequest(`${url}/bytes/${64 * 1024 * 1024}`, { ...trust, agent: false });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const user = await world.connectTo(hostname);

    for (let round = 0; round < 2; round++) {
      const next = await world.authority.issue([hostname]);
      expect((await upload(next, body.id)).status).toBe(200);
      expect(await presented(hostname)).toBe(fingerprint(next));
    }

    socket.send('still here');
    expect(String((await once(socket, 'message'))[0])).toBe('still here');
    socket.close();
    expect((await askHttp2(user, { ':path': '/bytes/5' })).body).toHaveLength(5);
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) bytes += chunk.length;
    expect(bytes).toBe(64 * 1024 * 1024);
  });

  test('the files of the configuration are taken again when they change; a half written pair is not', async () => {
    const user = await world.connectTo('localhost');
    const next = await world.authority.issue(['localhost', '*.postern.localhost']);
    writeFileSync(world.files.certificateFile, next.cert);
    world.reloadCertificates();
    expect(await presented('')).toBe(fingerprint(world.own));
    expect(await presented('localhost')).toBe(fingerprint(world.own));
    world.writeFiles(next);
    world.reloadCertificates();
    expect(await presented('')).toBe(fingerprint(next));
    expect(await presented('localhost')).toBe(fingerprint(next));
    expect((await askHttp2(user, { ':path': '/robots.txt' })).status).toBe(200);

    // Nobody tells the service this time.
    world.writeFiles(world.own);
    await expect.poll(() => presented('localhost'), { timeout: 30_000 }).toBe(fingerprint(world.own));
  });
});

test('SIGHUP has the running service take its files again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-hangup-'));
  const provider = await startProvider();
  const files = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  const [before, after] = await Promise.all([
    world.authority.issue(['localhost']),
    world.authority.issue(['localhost']),
  ]);
  const write = ({ cert, key }: TestCertificate): void => {
    writeFileSync(files.certificateFile, cert);
    writeFileSync(files.keyFile, key);
  };
  write(before);
  const { service, desktop } = provider.clients;
  const configuration = {
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: 'https://localhost:0',
    applicationsDomain: 'postern.localhost',
    dataFolder: 'data',
    operations: { port: 0 },
    tls: files,
    identityProvider: { issuer: provider.issuer, clientId: service.clientId, clientSecret: service.clientSecret },
    administrators: {
      authority: provider.authority,
      clientId: desktop.clientId,
      apiAudience: provider.apiId,
      apiScope: provider.apiScope,
      issuer: provider.issuer,
    },
  };
  writeFileSync(join(folder, 'service.yaml'), JSON.stringify(configuration));
  const process = new LoggedProcess('src-service/main.ts', ['--config', join(folder, 'service.yaml')]);
  try {
    const ready = await process.event(({ msg }) => msg === 'service.ready');
    const port = Number(new URL(String(ready['url'])).port);
    expect((await presentedTo(port, 'localhost')).certificate.fingerprint256).toBe(fingerprint(before));
    write(after);
    process.signal('SIGHUP');
    await process.event(({ msg }) => msg === 'certificate.reloaded');
    expect((await presentedTo(port, 'localhost')).certificate.fingerprint256).toBe(fingerprint(after));
    process.signal('SIGTERM');
    expect(await process.exit()).toBe(0);
  } finally {
    await process.kill();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('one HTTP/2 connection for several hosts (RFC 9113 section 9.1.1)', () => {
  test('is taken where its certificate covers them, and refused with 421 where not', async () => {
    await world.publish('one.postern.localhost');
    await world.publish('two.postern.localhost');
    await world.publish('shop.proseware.example');
    await upload(await world.authority.issue(['shop.proseware.example']));
    const ask = async (user: Awaited<ReturnType<typeof world.connectTo>>, hostname: string): Promise<number> =>
      (await askHttp2(user, { ':authority': `${hostname}:${world.port}`, ':path': '/bytes/1' })).status;

    const own = await world.connectTo('one.postern.localhost');
    expect(await ask(own, 'one.postern.localhost')).toBe(200);
    expect(await ask(own, 'two.postern.localhost')).toBe(200);
    const before = world.origin.requests.length;
    expect(await ask(own, 'shop.proseware.example')).toBe(421);
    const shop = await world.connectTo('shop.proseware.example');
    expect(await ask(shop, 'shop.proseware.example')).toBe(200);
    expect(await ask(shop, 'one.postern.localhost')).toBe(421);
    expect(await ask(shop, 'localhost')).toBe(421);
    expect(world.origin.requests).toHaveLength(before + 1);
  });
});
