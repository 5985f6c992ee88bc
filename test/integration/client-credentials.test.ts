import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  identityProviderSchema,
  listIdentityProviders,
} from '../../src-service/config/identity-provider-configuration.ts';
import { readClientAuthentication } from '../../src-service/identity/client-authentication.ts';
import { makeAuthority } from '../helpers/make-authority.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { startEdge } from '../helpers/start-edge.ts';
import { startProvider } from '../helpers/start-provider.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};

let folder: string;
let files: Record<
  'rsa' | 'ec' | 'other',
  { certificate: string; clientCertificateFile: string; clientKeyFile: string }
>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-client-'));
  const authority = await makeAuthority('Clients');
  const write = async (name: string, algorithm?: typeof RSA) => {
    const { cert, key } = await authority.issue([`${name}.example`], algorithm && { algorithm });
    const clientCertificateFile = join(folder, `${name}.crt`);
    const clientKeyFile = join(folder, `${name}.key`);
    writeFileSync(clientCertificateFile, cert);
    writeFileSync(clientKeyFile, key);
    return { certificate: cert, clientCertificateFile, clientKeyFile };
  };
  files = { rsa: await write('rsa', RSA), ec: await write('ec'), other: await write('other', RSA) };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function signInBy(
  kind: 'entra' | 'plain',
  registered: keyof typeof files,
  used: keyof typeof files,
  settings: object = {},
): Promise<{ status: number; body: string }> {
  const clients = {
    service: { clientId: randomUUID(), clientSecret: '-', certificate: files[registered].certificate, serviceUrls: [] },
    desktop: { clientId: randomUUID() },
    automation: { clientId: randomUUID(), clientSecret: randomUUID(), apiRoles: [] },
  };
  const provider = await startProvider({ kind, clients });
  const { clientCertificateFile, clientKeyFile } = files[used];
  const edge = await startEdge({
    provider,
    configuration: {
      identityProvider: {
        issuer: provider.issuer,
        clientId: clients.service.clientId,
        clientKeyFile,
        clientCertificateFile,
        ...settings,
      },
    },
  });
  try {
    const url = await edge.publish('app.postern.localhost');
    await edge.assign(url, provider.user('alice').id);
    return await new SignInBrowser().signIn(url, provider.user('alice'));
  } finally {
    await edge.close();
    await provider.close();
  }
}

test.for([
  ['entra', 'rsa'],
  ['plain', 'rsa'],
  ['plain', 'ec'],
] as const)(
  'B11 a certificate stands in place of the secret, at a provider of the kind %s with a key of %s',
  async ([kind, key]) => {
    expect((await signInBy(kind, key, key)).status).toBe(LET_THROUGH);
  },
);

test('B14 another certificate than the one that is registered is told as our credentials', async () => {
  for (const kind of ['entra', 'plain'] as const) {
    const page = await signInBy(kind, 'rsa', 'other');
    expect(page.status).toBe(502);
    expect(page.body).toContain('SIGNIN_CLIENT');
  }
});

test('Entra is shown the certificate by its thumbprint, and refuses an assertion without one', async () => {
  const page = await signInBy('entra', 'rsa', 'rsa', { clientCertificateFile: undefined });
  expect(page.body).toContain('SIGNIN_CLIENT');
});

test('files that cannot be used, or do not belong together, are refused at the start', () => {
  const { clientKeyFile, clientCertificateFile } = files.rsa;
  const read = (settings: object): unknown => {
    const provider = {
      issuer: 'https://login.example',
      clientId: 'x',
      clientKeyFile,
      clientCertificateFile,
      ...settings,
    };
    const parsed = identityProviderSchema.parse(provider);
    const [configuration] = listIdentityProviders({ identityProvider: parsed, identityProviders: [] });
    return configuration && readClientAuthentication(configuration);
  };
  expect(read({})).toBeTypeOf('function');
  for (const settings of [
    { clientKeyFile: join(folder, 'none.key') },
    { clientCertificateFile: files.other.clientCertificateFile },
    { clientCertificateFile: files.rsa.clientKeyFile },
  ]) {
    expect(() => read(settings)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  }
});
