import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import type { SamlIdentityProvider } from './start-saml-identity-provider.ts';

/** An application that signs its users in with SAML, and knows itself by its external URL, as its administrator sets it. */
export interface SamlApplication {
  readonly url: string;
  /** Whom it let in. */
  readonly greeted: string[];
  /** Tells the application, and the provider, where it is published. */
  publishAt(externalUrl: string): void;
  close(): Promise<void>;
}

export async function startSamlApplication(provider: SamlIdentityProvider): Promise<SamlApplication> {
  const greeted: string[] = [];
  let saml: SAML | null = null;
  let home = '';

  async function answer(
    request: IncomingMessage,
  ): Promise<{ status: number; headers?: Record<string, string>; body?: string }> {
    if (saml === null) throw new Error('It does not know its own address yet.');
    const { pathname } = new URL(request.url ?? '/', home);
    if (request.method === 'POST' && pathname === '/acs') {
      const fields = Object.fromEntries(new URLSearchParams(await text(request)));
      const { profile } = await saml.validatePostResponseAsync(fields);
      greeted.push(profile?.nameID ?? '');
      return {
        status: 303,
        headers: { location: fields['RelayState'] ?? home, 'set-cookie': 'app=in; Path=/; HttpOnly' },
      };
    }
    if (request.headers.cookie?.includes('app=in') === true)
      return { status: 200, headers: { 'content-type': 'text/html' }, body: `<h1>Welcome ${greeted.at(-1)}</h1>` };
    return {
      status: 302,
      headers: { location: await saml.getAuthorizeUrlAsync(`${home}${pathname.slice(1)}`, undefined, {}) },
    };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, headers = {}, body = '' }) => response.writeHead(status, headers).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    greeted,
    publishAt: (externalUrl) => {
      home = externalUrl;
      provider.assertionConsumers.set(`${externalUrl}metadata`, `${externalUrl}acs`);
      saml = new SAML({
        issuer: `${externalUrl}metadata`,
        callbackUrl: `${externalUrl}acs`,
        audience: `${externalUrl}metadata`,
        entryPoint: provider.signOnUrl,
        idpIssuer: provider.entityId,
        idpCert: provider.certificate,
        identifierFormat: null,
        wantAssertionsSigned: true,
        wantAuthnResponseSigned: false,
        validateInResponseTo: ValidateInResponseTo.always,
      });
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
