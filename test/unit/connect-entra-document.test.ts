import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { administratorRolesOf } from '../../src-service/config/administrator-roles.ts';
import { listIdentityProviders } from '../../src-service/config/identity-provider-configuration.ts';
import { parseServiceConfiguration } from '../../src-service/config/service-configuration.ts';
import { BACK_CHANNEL_LOGOUT_PATH } from '../../src-service/identity/back-channel-logout.ts';
import { callbackPath } from '../../src-service/identity/sign-in-paths.ts';
import { FRONT_CHANNEL_LOGOUT_PATH, SIGNED_OUT_PATH } from '../../src-service/identity/sign-out.ts';

const DOCUMENT = readFileSync(new URL('../../docs/connect-entra.md', import.meta.url), 'utf8');
const [entra, other] = Array.from(DOCUMENT.matchAll(/^```yaml\n(.*?)^```$/gms), ([, text = '']) => {
  return parse(text) as Record<string, unknown>;
});

test('the configuration for Entra is one that the service takes, and names one tenant throughout', () => {
  const configuration = parseServiceConfiguration(entra);
  const [provider] = listIdentityProviders(configuration);
  const { administrators } = configuration;
  expect(provider?.issuer).toBe(administrators.issuer);
  expect(administrators.issuer).toBe(`${administrators.authority}/v2.0`);
  expect(administrators.apiScope).toBe(`api://${administrators.apiAudience}/access_as_user`);
  // The commented line as well.
  const graph = { identityProvider: { ...(entra?.['identityProvider'] as object), graph: {} } };
  expect(() => parseServiceConfiguration({ ...entra, ...graph })).not.toThrow();
});

test('the configuration for other providers fits in its place', () => {
  const { administrators } = parseServiceConfiguration({ ...entra, ...other });
  expect(administrators.knownAuthorities).toEqual([new URL(administrators.authority).host]);
});

test('the addresses and roles to be registered are those of the service', () => {
  const origin = parseServiceConfiguration(entra).publicUrl;
  const paths = [callbackPath(null), SIGNED_OUT_PATH, FRONT_CHANNEL_LOGOUT_PATH, BACK_CHANNEL_LOGOUT_PATH];
  for (const path of paths) expect(DOCUMENT).toContain(`\`${origin}${path}\``);
  expect(DOCUMENT).toContain(`…${callbackPath('partners')}`);
  const { administratorRoles, readerRoles } = administratorRolesOf(parseServiceConfiguration(entra).administrators);
  for (const [role] of [administratorRoles, readerRoles]) expect(DOCUMENT).toContain(`\`${role}\``);
});

test('links lead to headings that are there', () => {
  const links = Array.from(DOCUMENT.matchAll(/\]\(([\w.-]*)(?:#([\w-]+))?\)/g), ([, file = '', anchor]) => ({
    file,
    anchor,
  }));
  expect(links.length).toBeGreaterThan(5);
  for (const { file, anchor } of links) {
    const text = file === '' ? DOCUMENT : readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
    const anchors = Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    if (anchor !== undefined) expect(anchors).toContain(anchor);
  }
});
