import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';
import { type RelyingParty, startRelyingParty } from '../helpers/start-relying-party.ts';
import { rememberSecret } from '../helpers/test-log.ts';

const registration = {
  clientId: randomUUID(),
  clientSecret: randomUUID(),
  displayName: 'Payroll',
  /** The external URLs are known when the service runs. */
  redirectUris: [] as string[],
};

let world: PublishingWorld;
let payroll: RelyingParty;
let externalUrl = '';

beforeAll(async () => {
  rememberSecret('client secret', registration.clientSecret);
  world = await startPublishingWorld({ applications: [registration] });
  payroll = await startRelyingParty(world.provider.issuer, registration, () => externalUrl);
});

afterAll(async () => {
  await payroll?.close();
  await world?.close();
});

test.each(['passthru', 'aadPreAuthentication'])(
  'B84 an application that signs in with OpenID Connect for itself does so at its external URL (%s)',
  async (externalAuthenticationType) => {
    externalUrl = world.service.externalUrl(`payroll-${externalAuthenticationType.toLowerCase()}`);
    registration.redirectUris.push(`${externalUrl}callback`);
    await world.publish(
      { externalUrl, internalUrl: `${payroll.url}/`, externalAuthenticationType },
      { appRoleAssignmentRequired: false },
    );
    const greetedBefore = payroll.greeted.length;
    const browser = new SignInBrowser();
    const page = await browser.signIn(`${externalUrl}start`, world.provider.user('alice'));
    expect([page.status, page.url, page.body]).toEqual([200, `${externalUrl}home`, '<h1>Home</h1>']);
    expect(payroll.greeted.slice(greetedBefore)).toEqual(['Alice Archer']);
    // Its own session stands beside ours, and asks nobody again.
    expect((await browser.get(`${externalUrl}home`)).status).toBe(200);
  },
);
