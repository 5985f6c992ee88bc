import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { type TLSSocket, connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askHttp2 } from '../helpers/http2-client.ts';
import { type CustomDomains, startCustomDomains } from '../helpers/start-custom-domains.ts';
import { type Pebble, freePorts, startPebble } from '../helpers/start-pebble.ts';
import { startProvider } from '../helpers/start-provider.ts';
import { startService } from '../helpers/start-service.ts';
import { presentedTo } from '../helpers/tls-client.ts';

/** Long enough for a busy machine: an order takes about two seconds of waits alone. */
const PATIENCE = { timeout: 60_000, interval: 100 };
const VALIDITY_SECONDS = 20;

/** Completes a handshake as a browser does that trusts `root` alone. @throws where the certificate is not good */
async function visit(port: number, hostname: string, root: string): Promise<X509Certificate> {
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', servername: hostname, ca: root });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  if (certificate === undefined) throw new Error('No certificate came.');
  return certificate;
}

describe('certificates by ACME, tls-alpn-01 at the listener of the users', () => {
  let pebble: Pebble;
  let world: CustomDomains;

  beforeAll(async () => {
    const [port = 0, httpPort = 0] = await freePorts(2);
    pebble = await startPebble({
      tlsPort: port,
      httpPort,
      validitySeconds: VALIDITY_SECONDS,
      blocked: ['blocked.contoso.example'],
    });
    const { directoryUrl, caFile } = pebble;
    world = await startCustomDomains({
      listen: { host: '127.0.0.1', port },
      trustedProxies: ['127.0.0.1'],
      acme: { directoryUrl, caFile, termsOfServiceAgreed: true, contact: ['operator@contoso.example'] },
    });
  }, 120_000);

  afterAll(async () => {
    await world.close();
    await pebble.close();
  });

  async function hostOf(hostname: string) {
    const { body } = await world.api('GET', '/postern/certificateHosts');
    return body.value.find((host: { hostname: string }) => host.hostname === hostname);
  }

  test('a published host gets its certificate, which is renewed before it ends, and no connection notices', async () => {
    const hostname = 'portal.contoso.example';
    const id = await world.publish(hostname);
    const issuers = new Set<string>();
    const isIssued = async (): Promise<boolean> => {
      const { certificate } = await presentedTo(world.port, hostname);
      issuers.add(String(certificate.issuer.CN).replace(/ [\da-f]{6}$/, ''));
      return issuers.has('Pebble Intermediate CA');
    };
    await expect.poll(isIssued, PATIENCE).toBe(true);
    // Whoever came while the authority asked got the usual certificate, never the one that proves the host.
    expect([...issuers].toSorted()).toEqual(['Pebble Intermediate CA', 'Test authority']);

    const first = await visit(world.port, hostname, pebble.root);
    expect(first.checkHost(hostname)).toBe(hostname);
    const host = await hostOf(hostname);
    expect(host).toMatchObject({
      applicationIds: [id],
      status: 'valid',
      acme: { status: 'issued', failures: 0, lastProblem: null },
    });
    expect((await world.api('GET', `/postern/certificates/${host.certificateId}`)).body).toMatchObject({
      source: 'acme',
      dnsNames: [hostname],
      hosts: [{ hostname, applicationIds: [id] }],
    });

    const user = connect({ port: world.port, host: '127.0.0.1', servername: hostname, ca: pebble.root });
    await once(user, 'secureConnect');
    user.write(`GET /ticks/1000 HTTP/1.1\r\nHost: ${hostname}:${world.port}\r\n\r\n`);
    const [head] = (await once(user, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1.1 200/);
    await expect
      .poll(async () => (await visit(world.port, hostname, pebble.root)).fingerprint256, PATIENCE)
      .not.toBe(first.fingerprint256);
    await once(user, 'data');
    user.destroy();
    expect((await hostOf(hostname)).certificateId).toBe(host.certificateId);
    const renewedAtMs = Date.parse((await hostOf(hostname)).acme.lastAttemptDateTime);
    expect(renewedAtMs).toBeGreaterThan(first.validFromDate.getTime() + (VALIDITY_SECONDS * 1000) / 2);
    expect(renewedAtMs).toBeLessThan(first.validToDate.getTime());
    const audit = await world.api('GET', '/postern/audit');
    expect(audit.body.value[0]).toMatchObject({
      activityDisplayName: 'certificate.update',
      initiatedBy: { kind: 'service' },
    });
  }, 180_000);

  test(
    'a refusal is shown with its reason, holds nobody else up, and is tried again later or when asked',
    { timeout: 180_000 },
    async () => {
      await world.publish('blocked.contoso.example');
      await world.publish('next.contoso.example');
      await expect.poll(async () => (await hostOf('next.contoso.example')).acme.status, PATIENCE).toBe('issued');
      const { acme, status, certificateId } = await hostOf('blocked.contoso.example');
      expect({ status, certificateId }).toEqual({ status: 'missing', certificateId: null });
      expect(acme).toMatchObject({ status: 'failed', failures: 1, lastProblem: expect.stringMatching(/blocked/i) });
      const waitMs = Date.parse(acme.nextAttemptDateTime) - Date.parse(acme.lastAttemptDateTime);
      expect(waitMs).toBeGreaterThan(4 * 60_000);
      expect(waitMs).toBeLessThan(6 * 60_000);

      const retry = (hostname: string) => world.api('POST', `/postern/certificateHosts/${hostname}/retry`);
      expect((await retry('blocked.contoso.example')).status).toBe(204);
      await expect.poll(async () => (await hostOf('blocked.contoso.example')).acme.failures, PATIENCE).toBe(2);
      expect((await retry('localhost')).status).toBe(404);
      expect((await retry('stranger.example')).status).toBe(404);
    },
  );

  test(
    'nothing is ordered for hosts that nobody published, nor for those that another certificate covers',
    { timeout: 180_000 },
    async () => {
      await presentedTo(world.port, 'stranger.example');
      const uploaded = await world.authority.issue(['shop.fabrikam.example']);
      const body = { certificate: uploaded.cert + world.authority.cert, privateKey: uploaded.key };
      expect((await world.api('POST', '/postern/certificates', body)).status).toBe(201);
      await world.publish('shop.fabrikam.example');
      await world.publish('own.postern.localhost');
      await world.publish('last.contoso.example');
      await expect.poll(async () => (await hostOf('last.contoso.example')).acme.status, PATIENCE).toBe('issued');
      expect(await hostOf('stranger.example')).toBeUndefined();
      expect(await hostOf('shop.fabrikam.example')).toMatchObject({ status: 'valid', acme: null });
      expect(await hostOf('own.postern.localhost')).toMatchObject({ certificateId: 'configuration', acme: null });
      const certificates = await world.api('GET', '/postern/certificates');
      const issued = certificates.body.value.filter(({ source }: { source: string }) => source === 'acme');
      expect(issued.map(({ dnsNames }: { dnsNames: string[] }) => dnsNames.join()).toSorted()).toEqual([
        'last.contoso.example',
        'next.contoso.example',
        'portal.contoso.example',
      ]);
    },
  );

  test('the protocol of the authority is refused to whoever asks while no order is under way', async () => {
    await expect(presentedTo(world.port, 'nobody.example', ['acme-tls/1'])).rejects.toThrow(/no application protocol/);
    expect((await presentedTo(world.port, 'localhost', ['acme-tls/1', 'http/1.1'])).protocol).toBe('http/1.1');
    const api = await world.connectTo('localhost');
    expect((await askHttp2(api, { ':path': '/robots.txt' })).status).toBe(200);
  });

  test('a trusted proxy may send requests for every host over one HTTP/2 connection', async () => {
    const proxy = await world.connectTo('localhost');
    const authority = `portal.contoso.example:${world.port}`;
    expect((await askHttp2(proxy, { ':authority': authority, ':path': '/bytes/2' })).body).toHaveLength(2);
  });

  test('an authority that cannot be reached is said so, and nothing else suffers', async () => {
    await pebble.close();
    await world.publish('late.contoso.example');
    await expect.poll(async () => (await hostOf('late.contoso.example')).acme.failures, PATIENCE).toBe(1);
    expect((await hostOf('late.contoso.example')).acme.lastProblem).toMatch(/ECONNREFUSED/);
    await visit(world.port, 'localhost', world.authority.cert);
  });
});

test('with ACME alone (http-01, external account binding) the service needs no certificate files, and a restart no order', async () => {
  const hostname = 'postern.contoso.example';
  const [port = 0, httpPort = 0] = await freePorts(2);
  const externalAccount = {
    keyId: 'kid-1',
    hmacKey: 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W',
  };
  const pebble = await startPebble({ tlsPort: port, httpPort, validitySeconds: 3600, externalAccount });
  const dataFolder = mkdtempSync(join(tmpdir(), 'postern-acme-'));
  const provider = await startProvider();
  const start = () =>
    startService({
      provider,
      dataFolder,
      configuration: {
        listen: { host: '127.0.0.1', port },
        publicUrl: `https://${hostname}:${port}`,
        httpListen: { host: '127.0.0.1', port: httpPort },
        acme: {
          directoryUrl: pebble.directoryUrl,
          caFile: pebble.caFile,
          termsOfServiceAgreed: true,
          challenge: 'http-01',
          externalAccountBinding: externalAccount,
        },
      },
    });
  let service = await start();
  try {
    expect((await presentedTo(port, 'stranger.example')).certificate.subject.CN).toMatch(/has no certificate/);
    await expect
      .poll(
        () =>
          visit(port, hostname, pebble.root).then(
            () => true,
            () => false,
          ),
        PATIENCE,
      )
      .toBe(true);
    const { fingerprint256 } = await visit(port, hostname, pebble.root);

    const ask = async (path: string, host: string): Promise<IncomingMessage> => {
      const request = httpRequest({ host: '127.0.0.1', port: httpPort, path, headers: { host }, agent: false }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return response;
    };
    const redirect = await ask('/a/b?c=d', `${hostname}:${httpPort}`);
    expect(redirect).toMatchObject({ statusCode: 308, headers: { location: `https://${hostname}:${port}/a/b?c=d` } });
    expect((await ask('/.well-known/acme-challenge/unknown', hostname)).statusCode).toBe(308);
    expect((await ask('/', 'stranger.example')).statusCode).toBe(404);
    expect((await ask('/%2e%2e/', hostname)).statusCode).toBe(400);

    await service.close();
    service = await start();
    expect((await visit(port, hostname, pebble.root)).fingerprint256).toBe(fingerprint256);
  } finally {
    await service.close();
    await provider.close();
    await pebble.close();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}, 120_000);
