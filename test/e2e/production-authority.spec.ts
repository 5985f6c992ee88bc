import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { PublicClientApplication } from '@azure/msal-node';
import { type Browser, chromium, expect, test } from '@playwright/test';
import { findChromium } from '../../scripts/find-chromium.ts';
import { makeAuthority } from '../helpers/make-authority.ts';
import { type ProductionNames, leadToStandIn } from '../helpers/production-names.ts';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { signInAs } from './browser.ts';

const HOST = 'login.microsoftonline.com';
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};

let folder: string;
let provider: StartedProvider;
let edge: StartedEdge;
let names: ProductionNames;
let browser: Browser;

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-authority-'));
  const authority = await makeAuthority('The test’s own');
  const write = async (name: string, hosts: readonly string[], algorithm?: typeof RSA) => {
    const { cert, key } = await authority.issue(hosts, algorithm && { algorithm });
    const certificateFile = path.join(folder, `${name}.crt`);
    const keyFile = path.join(folder, `${name}.key`);
    writeFileSync(certificateFile, cert);
    writeFileSync(keyFile, key);
    return { cert, files: { certificateFile, keyFile } };
  };
  const entra = await write('entra', [HOST]);
  const service = await write('service', ['localhost', '*.postern.localhost']);
  const client = await write('client', ['postern.example'], RSA);
  provider = await startProvider({
    tls: entra.files,
    publicOrigin: `https://${HOST}`,
    clients: {
      service: { clientId: randomUUID(), clientSecret: '-', certificate: client.cert, serviceUrls: [] },
      desktop: { clientId: randomUUID() },
      automation: { clientId: randomUUID(), clientSecret: randomUUID(), apiRoles: [] },
    },
  });
  names = leadToStandIn(HOST, provider.port, authority.cert, [entra.cert, service.cert]);
  edge = await startEdge({
    provider,
    tls: service.files,
    providerFetches: names.providerFetches,
    configuration: {
      // What an operator writes for Entra, and nothing else.
      identityProvider: {
        kind: 'entra',
        tenantId: provider.tenantId,
        clientId: provider.clients.service.clientId,
        clientKeyFile: client.files.keyFile,
        clientCertificateFile: client.files.certificateFile,
      },
    },
  });
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('No Chromium was found; scripts/preflight.ts says how to get one.');
  const args = [...names.browserArguments];
  browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, args });
});

test.afterAll(async () => {
  await browser?.close();
  await edge?.close();
  await provider?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('B11 B12 the authority of production, letter by letter, signs a user in with a certificate', async () => {
  const url = await edge.publish('app.postern.localhost');
  await edge.assign(url, provider.user('alice').id);
  const page = await browser.newPage();
  await page.goto(`${url}reports?year=2026#summary`);
  expect(page.url()).toContain(`https://${HOST}/${provider.tenantId}/login/`);
  await signInAs(page, provider, 'alice');
  await page.waitForURL(`${url}reports?year=2026#summary`);
  // Let through: there is no connector in this test.
  await expect(page.getByText('EDGE_NO_CONNECTOR')).toBeVisible();
  await page.goto(`${url}.postern/signout`);
  await page.waitForURL(`${edge.origin}/.postern/signed-out`);
  await page.close();
});

test('B61 MSAL signs an administrator in with the configuration of production alone', async () => {
  const msal = new PublicClientApplication({
    auth: {
      clientId: provider.clients.desktop.clientId,
      authority: `https://${HOST}/${provider.tenantId}`,
    },
    system: { networkClient: names.networkClient },
  });
  const result = await msal.acquireTokenInteractive({
    scopes: [provider.apiScope],
    openBrowser: async (url) => {
      const page = await browser.newPage();
      await page.goto(url);
      await signInAs(page, provider, 'admin');
      await page.waitForURL(/^http:\/\/localhost:/);
      await page.close();
    },
  });
  expect(result.account?.homeAccountId).toBe(`${provider.user('admin').id}.${provider.tenantId}`);
  expect(await edge.verifyAdministrator(result.accessToken)).toMatchObject({ kind: 'user' });
});
