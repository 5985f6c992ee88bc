import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { administratorRolesOf } from '../../src-service/config/administrator-roles.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listIdentityProviders } from '../../src-service/config/identity-provider-configuration.ts';
import { loadServiceConfiguration, parseServiceConfiguration } from '../../src-service/config/service-configuration.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

const MINIMAL = {
  publicUrl: 'https://postern.example.com',
  applicationsDomain: 'apps.example.com',
  dataFolder: 'data',
  identityProvider: { issuer: 'https://login.example.com', clientId: 'web', clientSecret: 'hush-hush' },
  administrators: {
    authority: 'https://login.example.com',
    clientId: 'desktop',
    apiAudience: 'api',
    apiScope: 'api://api/access_as_user',
    issuer: 'https://login.example.com',
  },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof PosternError && error.code === 'CONFIG_INVALID') return error.message;
    throw error;
  }
  throw new Error('It was accepted.');
}

test('a minimal file gets defaults, and files relative to its own folder', () => {
  const file = join(folder, 'service.yaml');
  writeFileSync(file, JSON.stringify(MINIMAL));
  const configuration = loadServiceConfiguration(file, {});
  expect(configuration.listen).toEqual({ host: '0.0.0.0', port: 8080 });
  expect(configuration.dataFolder).toBe(join(folder, 'data'));
  expect(administratorRolesOf(configuration.administrators)).toEqual({
    administratorRoles: ['Application.Administrator', 'Application.ReadWrite.All'],
    readerRoles: ['Application.Read', 'Application.Read.All'],
  });
});

test('the environment wins over the file, in every type', () => {
  const file = join(folder, 'service.yaml');
  writeFileSync(file, JSON.stringify(MINIMAL));
  const configuration = loadServiceConfiguration(file, {
    POSTERN_LISTEN_PORT: '9000',
    POSTERN_IDENTITY_PROVIDER_CLIENT_SECRET: '12345',
    POSTERN_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    POSTERN_DIRECTORY_USERS: '[{"id":"a","displayName":"A","userPrincipalName":"a@b"}]',
    POSTERN_CONNECTOR_HOME: 'is not ours',
  });
  expect(configuration.listen.port).toBe(9000);
  expect(configuration.identityProvider?.clientSecret).toBe('12345');
  expect(configuration.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  expect(configuration.directory.users).toHaveLength(1);
});

test('every fault is named at once with key, value and what is allowed, and no secret is shown', () => {
  const { publicUrl: _, ...rest } = MINIMAL;
  const message = messageOf(() =>
    parseServiceConfiguration({
      ...rest,
      listen: { port: 99_999, hots: 'x' },
      logLevel: 'loud',
      trustedProxies: ['everyone'],
      clientSecret: 'x',
      identityProvider: { ...MINIMAL.identityProvider, clientSecret: 7, issuer: 'http://login.example.com' },
    }),
  );
  expect(message).toContain('listen.port: has the value 99999, but must be at most 65535');
  expect(message).toContain('listen.hots: there is no such key. Did you mean listen.host?');
  expect(message).toContain('clientSecret: there is no such key here. Did you mean identityProvider.clientSecret?');
  expect(message).toContain('publicUrl: is missing. Set it in the file or as POSTERN_PUBLIC_URL');
  expect(message).toMatch(/logLevel: has the value "loud", but must be one of trace, debug/);
  expect(message).toContain('identityProvider.clientSecret: has the value [secret]');
  expect(message).toMatch(/identityProvider.issuer: .* must be https:\/\/ unless its host is this machine/);
  expect(message).toContain('trustedProxies[0]: has the value "everyone", but must be an IP address or a range');
});

test('a provider on plain http is allowed on this machine alone', () => {
  const withIssuer = (issuer: string) => ({
    ...MINIMAL,
    identityProvider: { ...MINIMAL.identityProvider, issuer },
  });
  expect(() => parseServiceConfiguration(withIssuer('http://login.localhost:4000/t/v2.0'))).not.toThrow();
  expect(messageOf(() => parseServiceConfiguration(withIssuer('http://127.0.0.1.example.com')))).toContain('issuer');
});

test('a variable that names no key, a file that is none, and broken YAML are said in words', () => {
  expect(messageOf(() => loadServiceConfiguration(null, { POSTERN_LISTEN_PROT: '1' }))).toContain(
    'POSTERN_LISTEN_PORT?',
  );
  expect(messageOf(() => loadServiceConfiguration(join(folder, 'none.yaml'), {}))).toContain('none.yaml');
  const broken = join(folder, 'broken.yaml');
  writeFileSync(broken, 'a: [');
  expect(messageOf(() => loadServiceConfiguration(broken, {}))).toContain('broken.yaml');
});

test('acme: its own file, yes from the environment, and what contradicts it', () => {
  const file = join(folder, 'service.yaml');
  writeFileSync(file, JSON.stringify({ ...MINIMAL, acme: { caFile: 'ca.pem' } }));
  expect(messageOf(() => loadServiceConfiguration(file, {}))).toMatch(/acme\.termsOfServiceAgreed: is missing/);
  const agreed = { POSTERN_ACME_TERMS_OF_SERVICE_AGREED: 'true' };
  expect(loadServiceConfiguration(file, agreed).acme).toEqual({
    directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
    termsOfServiceAgreed: true,
    contact: [],
    challenge: 'tls-alpn-01',
    caFile: join(folder, 'ca.pem'),
  });
  const refused = (changes: object): string =>
    messageOf(() => parseServiceConfiguration({ ...MINIMAL, acme: { termsOfServiceAgreed: true }, ...changes }));
  expect(refused({ acme: { termsOfServiceAgreed: false } })).toMatch(/acme\.termsOfServiceAgreed: .* must be true/);
  expect(refused({ publicUrl: 'http://postern.example.com' })).toMatch(/publicUrl: must be https/);
  const byHttp = { termsOfServiceAgreed: true, challenge: 'http-01' };
  expect(refused({ acme: byHttp })).toMatch(/httpListen: is missing, and acme\.challenge http-01 is answered there/);
  const binding = { keyId: 'kid', hmacKey: 7 };
  expect(refused({ acme: { termsOfServiceAgreed: true, externalAccountBinding: binding } })).toMatch(/\[secret\]/);
});

describe('identity providers', () => {
  const ENTRA = { id: 'contoso', kind: 'entra', tenantId: '0F8FAD5B-D9CB-469F-A165-70867728950E', clientId: 'web' };
  const { identityProvider, ...WITHOUT } = MINIMAL;

  test('the single key goes on working and stands first; the issuer of Entra follows from the tenant', () => {
    const both = parseServiceConfiguration({
      ...MINIMAL,
      identityProviders: [{ ...ENTRA, clientSecret: 'x', displayName: 'Contoso' }],
    });
    expect(listIdentityProviders(both).map(({ id, issuer, displayName }) => [id, issuer, displayName])).toEqual([
      ['default', identityProvider.issuer, 'login.example.com'],
      ['contoso', 'https://login.microsoftonline.com/0f8fad5b-d9cb-469f-a165-70867728950e/v2.0', 'Contoso'],
    ]);
    const list = parseServiceConfiguration({ ...WITHOUT, identityProviders: [{ ...ENTRA, clientSecret: 'x' }] });
    expect(listIdentityProviders(list)).toHaveLength(1);
  });

  test('what does not fit together is named', () => {
    const problems = (...identityProviders: object[]): string =>
      messageOf(() => parseServiceConfiguration({ ...MINIMAL, identityProviders }));
    expect(messageOf(() => parseServiceConfiguration(WITHOUT))).toContain('identityProvider: is missing');
    expect(problems({ ...ENTRA })).toContain('identityProviders[0].clientSecret: is missing');
    expect(problems({ ...ENTRA, clientSecret: 'x', issuer: 'https://x.example' })).toContain('follows from tenantId');
    expect(problems({ ...ENTRA, tenantId: undefined, clientSecret: 'x' })).toContain('tenantId: is missing');
    expect(problems({ ...ENTRA, tenantId: 'contoso.onmicrosoft.com', clientSecret: 'x' })).toContain('tenantId');
    expect(problems({ ...ENTRA, clientKeyFile: 'k.pem' })).toContain('clientCertificateFile: is missing');
    expect(problems({ ...ENTRA, clientKeyFile: 'k', clientCertificateFile: 'c', clientSecret: 'x' })).toContain(
      'exclude each other',
    );
    expect(problems({ ...identityProvider, id: 'again' })).toContain('identityProviders[0].issuer');
    expect(problems({ ...identityProvider, issuer: 'https://b.example' })).toContain('default is the id of');
    expect(problems({ ...identityProvider, id: 'Not/good' })).toContain('identityProviders[0].id');
  });

  test('files are found beside the configuration, and each key has a variable', () => {
    const file = join(folder, 'providers.yaml');
    const provider = { ...ENTRA, clientKeyFile: 'key.pem', clientCertificateFile: 'cert.pem', caFile: '/etc/ca.pem' };
    writeFileSync(file, JSON.stringify({ ...MINIMAL, identityProviders: [provider] }));
    const read = loadServiceConfiguration(file, { POSTERN_IDENTITY_PROVIDER_GRAPH_BASE_URL: 'https://graph.example' });
    expect(read.identityProviders[0]?.clientKeyFile).toBe(join(folder, 'key.pem'));
    expect(read.identityProviders[0]?.caFile).toBe('/etc/ca.pem');
    expect(read.identityProvider?.graph?.baseUrl).toBe('https://graph.example');
  });
});
