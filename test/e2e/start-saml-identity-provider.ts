import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as samlify from 'samlify';
import { makeAuthority } from '../helpers/make-authority.ts';

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

/** A SAML 2.0 identity provider at a site of its own, which has signed its one user in already. */
export interface SamlIdentityProvider {
  readonly entityId: string;
  /** Where requests to sign in go. */
  readonly signOnUrl: string;
  /** What its assertions are signed with, PEM. */
  readonly certificate: string;
  /** Where answers may go; filled before a browser comes. */
  readonly assertionConsumers: Map<string, string>;
  close(): Promise<void>;
}

/** @param userName what its user is called */
export async function startSamlIdentityProvider(userName: string): Promise<SamlIdentityProvider> {
  samlify.setSchemaValidator({ validate: (xml) => Promise.resolve(xml) });
  const { cert, key } = await (await makeAuthority('SAML')).issue(['saml.example'], { algorithm: RSA });
  const assertionConsumers = new Map<string, string>();
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', signOnUrl)).then(
      (page) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const entityId = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`;
  const signOnUrl = new URL('/sign-on', entityId).href;
  const provider = samlify.IdentityProvider({
    entityID: entityId,
    signingCert: cert,
    privateKey: key,
    nameIDFormat: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
    singleSignOnService: [{ Binding: REDIRECT, Location: signOnUrl }],
  });

  /** The page that posts the answer to the application, as the HTTP POST binding has it (SAML bindings 3.5). */
  async function answer(url: URL): Promise<string> {
    const { extract } = await readRequest(url);
    const issuer = String(extract['issuer']);
    const assertionConsumer = assertionConsumers.get(issuer);
    if (assertionConsumer === undefined) throw new Error(`No application is called ${issuer}.`);
    const { context } = await provider.createLoginResponse(applicationOf(issuer), { extract }, 'post', {
      email: userName,
    });
    const fields = { SAMLResponse: context, RelayState: url.searchParams.get('RelayState') ?? '' };
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    return `<!doctype html><title>Signed in</title><form method="post" action="${assertionConsumer}">${inputs.join('')}
<button>Go on</button></form>`;
  }

  function readRequest(url: URL): ReturnType<typeof provider.parseLoginRequest> {
    const query = Object.fromEntries(url.searchParams);
    return provider.parseLoginRequest(applicationOf('any'), 'redirect', { query });
  }

  function applicationOf(entityID: string): ReturnType<typeof samlify.ServiceProvider> {
    return samlify.ServiceProvider({
      entityID,
      wantAssertionsSigned: true,
      assertionConsumerService: [{ Binding: POST, Location: assertionConsumers.get(entityID) ?? signOnUrl }],
    });
  }

  return {
    entityId,
    signOnUrl,
    certificate: cert,
    assertionConsumers,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
