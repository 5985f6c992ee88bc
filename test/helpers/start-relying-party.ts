import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from 'openid-client';
import type { ProviderConfiguration } from '../../trial/identity-provider/provider-configuration.ts';

/** An application that signs its users in by itself, and knows itself by its external URL, as its administrator sets it. */
export interface RelyingParty {
  readonly url: string;
  /** What its users were called. */
  readonly greeted: string[];
  close(): Promise<void>;
}

type Registration = NonNullable<ProviderConfiguration['applications']>[number];

/** @param externalUrl told when the first request comes: it is published after it runs */
export async function startRelyingParty(
  issuer: string,
  registration: Registration,
  externalUrl: () => string,
): Promise<RelyingParty> {
  const greeted: string[] = [];
  const flows = new Map<string, { readonly codeVerifier: string; readonly nonce: string }>();
  const configuration = await client.discovery(
    new URL(issuer),
    registration.clientId,
    registration.clientSecret,
    client.ClientSecretPost(registration.clientSecret),
    // oxlint-disable-next-line typescript/no-deprecated -- a test on loopback
    { execute: new URL(issuer).protocol === 'http:' ? [client.allowInsecureRequests] : [] },
  );

  async function answer(target: string, cookie: string): Promise<{ status: number; headers: Record<string, string> }> {
    const url = new URL(target, externalUrl());
    if (url.pathname.endsWith('/callback')) {
      const flow = flows.get(url.searchParams.get('state') ?? '');
      if (flow === undefined) return { status: 400, headers: {} };
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        expectedState: url.searchParams.get('state') ?? '',
        expectedNonce: flow.nonce,
        pkceCodeVerifier: flow.codeVerifier,
      });
      const name = tokens.claims()?.['name'];
      greeted.push(typeof name === 'string' ? name : '');
      return {
        status: 302,
        headers: { location: `${externalUrl()}home`, 'set-cookie': 'rp=signed-in; Path=/; HttpOnly' },
      };
    }
    if (/(?:^|; )rp=signed-in(?:;|$)/.test(cookie)) return { status: 200, headers: { 'content-type': 'text/html' } };
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const codeVerifier = client.randomPKCECodeVerifier();
    flows.set(state, { codeVerifier, nonce });
    const authorization = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `${externalUrl()}callback`,
      scope: 'openid profile',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    return { status: 302, headers: { location: authorization.href } };
  }

  const server = createServer((request, response) => {
    answer(request.url ?? '/', request.headers.cookie ?? '').then(
      ({ status, headers }) => response.writeHead(status, headers).end(status === 200 ? '<h1>Home</h1>' : ''),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    greeted,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
