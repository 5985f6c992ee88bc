import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, type JWK, type JWTPayload, exportJWK, generateKeyPair } from 'jose';

/** An OpenID provider that answers the token endpoint with whatever a test wants of it. */
export interface HostileIssuer {
  readonly issuer: string;
  readonly key: CryptoKey;
  /** Published, with its `kid`. */
  readonly publicKey: JWK & { readonly kid: string };
  /** Addresses that were asked for, without queries. */
  readonly asked: string[];
  /** Makes the ID token of the next sign-in of right claims. */
  idToken: (claims: JWTPayload) => Promise<string> | string;
  close(): Promise<void>;
}

/** It signs everybody in at once as the user `victim`, and says who it is in its answers (RFC 9207). */
export async function startHostileIssuer(clientId: string): Promise<HostileIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'right', alg: 'RS256', use: 'sig' };
  const nonces = new Map<string, string>();
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hostile: HostileIssuer = {
    issuer,
    key: privateKey,
    publicKey: jwk,
    asked: [],
    idToken: () => '',
    close: () => stop(server),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer);
    hostile.asked.push(url.pathname);
    const json = (body: unknown): void =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
          token_endpoint_auth_methods_supported: ['client_secret_post'],
          authorization_response_iss_parameter_supported: true,
        });
      case '/keys':
        return json({ keys: [jwk] });
      case '/authorize': {
        const code = String(nonces.size);
        nonces.set(code, url.searchParams.get('nonce') ?? '');
        const back = new URL(url.searchParams.get('redirect_uri') ?? '');
        back.search = new URLSearchParams({ code, state: url.searchParams.get('state') ?? '', iss: issuer }).toString();
        return void response.writeHead(302, { location: back.href }).end();
      }
      case '/token': {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        const nonce = nonces.get(new URLSearchParams(body).get('code') ?? '');
        const now = Math.floor(Date.now() / 1000);
        const claims = {
          iss: issuer,
          aud: clientId,
          sub: 'victim',
          oid: 'victim',
          name: 'Victim',
          nonce,
          iat: now,
          exp: now + 600,
        };
        return json({
          access_token: 'opaque',
          token_type: 'Bearer',
          expires_in: 600,
          id_token: await hostile.idToken(claims),
        });
      }
      default:
        return void response.writeHead(404).end();
    }
  }
  return hostile;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
