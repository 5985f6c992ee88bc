import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { Agent, fetch as undiciFetch } from 'undici';

import { namesCertificate } from './client-certificate.ts';
import { makeEntraProvider } from './entra-provider.ts';
import { GRAPH_GROUPS_PATH, answerGraphGroups } from './graph-groups.ts';
import { makePlainProvider } from './plain-provider.ts';
import type { ProviderConfiguration } from './provider-configuration.ts';
import { ProviderState } from './provider-state.ts';
import { readForm } from './read-form.ts';
import { handleSignIn } from './sign-in-interaction.ts';

/** The status with which a token request fails, or an error by name (RFC 6749 section 5.2); null: it doesn't. */
export type TokenTrouble = (form: Readonly<Record<string, string>>) => number | { readonly error: string } | null;

/** A provider that listens. */
export interface RunningIdentityProvider {
  /** `{origin}/{tenantId}/v2.0`, or the origin of a plain one. */
  readonly issuer: string;
  readonly origin: string;
  readonly port: number;
  /** The status with which Graph answers instead of groups; null: it works. */
  setGraphTrouble(status: number | null): void;
  /** What `POST /trial/users/{id}/disable` and `…/enable` do. */
  setUserDisabled(userId: string, isDisabled: boolean): void;
  /** Has a say in each token request. */
  setTokenTrouble(trouble: TokenTrouble | null): void;
  /** Registers one more service address for the sign-in client. */
  addServiceUrl(serviceUrl: string): void;
  close(): Promise<void>;
}

/**
 * Starts the stand-in for Microsoft Entra ID. Everything that Entra does and RFC 8628 or oidc-provider do otherwise is
 * bent here or in `entra-provider.ts`.
 * @param onTokens hears of every answer of the token endpoint
 */
export async function startIdentityProvider(
  configuration: ProviderConfiguration,
  onTokens?: (body: Readonly<Record<string, unknown>>) => void,
): Promise<RunningIdentityProvider> {
  const { listen, tls, tenantId, clients } = configuration;
  const state = await ProviderState.open(configuration.stateFile);
  const ca = configuration.caFile === undefined ? undefined : readFileSync(configuration.caFile, 'utf8');
  const dispatcher = new Agent({ connect: ca === undefined ? {} : { ca }, pipelining: 0 });
  const server = tls
    ? createHttpsServer({ cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) })
    : createHttpServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const origin = configuration.publicOrigin ?? `${tls ? 'https' : 'http'}://${listen.host}:${port}`;
  const isPlain = configuration.kind === 'plain';
  const issuer = isPlain ? origin : `${origin}/${tenantId}/v2.0`;
  const serviceUrls = [...clients.service.serviceUrls];
  const provider = (isPlain ? makePlainProvider : makeEntraProvider)({
    configuration,
    state,
    issuer,
    serviceUrls,
    fetch: (url, init) => undiciFetch(url as string, { ...init, dispatcher } as never),
  });
  provider.use(async (context, next) => {
    await next();
    const { body } = context;
    if (typeof body === 'object' && body !== null && 'access_token' in body) onTokens?.({ ...body });
  });
  const callback = provider.callback();
  let graphTrouble: number | null = null;
  let tokenTrouble: TokenTrouble | null = null;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? '/';
    const path = url.replace(/^\/(?:common|organizations)\//, `/${tenantId}/`);
    if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
      return;
    }
    if (!isPlain && path.startsWith(`${GRAPH_GROUPS_PATH}?`)) {
      if (graphTrouble !== null) {
        response.writeHead(graphTrouble).end('{"error":{"code":"Authorization_RequestDenied"}}');
        return;
      }
      return answerGraphGroups(request, response, origin, configuration, state);
    }
    if (path.startsWith(isPlain ? '/login/' : `/${tenantId}/login/`)) {
      return handleSignIn(provider, configuration, (id) => state.isDisabled(id), request, response);
    }
    const userSwitch = /^\/trial\/users\/([\w-]+)\/(disable|enable)$/.exec(path);
    if (userSwitch?.[1] !== undefined) {
      const isKnown = configuration.users.some(({ id }) => id === userSwitch[1]);
      const status = isUserSwitchAllowed(request) ? (isKnown ? 204 : 404) : 403;
      if (status === 204) state.setDisabled(userSwitch[1], userSwitch[2] === 'disable');
      response.writeHead(status).end();
      return;
    }
    if (!isPlain) request.url = path.replace(`/${tenantId}/v2.0/.well-known/`, '/.well-known/');
    if (!isPlain && request.method === 'POST' && path.startsWith(`/${tenantId}/oauth2/v2.0/token`)) {
      const form = await prepareToken(request);
      const trouble = tokenTrouble?.(form) ?? null;
      if (typeof trouble === 'number') {
        response.writeHead(trouble, { 'content-type': 'text/plain' }).end('The provider has troubles of its own.\n');
        return;
      }
      if (trouble !== null) {
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(trouble));
        return;
      }
      if (!namesCertificate(form, clients.service.certificate)) {
        const description =
          'AADSTS700027: The certificate with identifier used to sign the client assertion is unknown.';
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: 'invalid_client', error_description: description }));
        return;
      }
    }
    await callback(request, response);
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`The identity provider failed: ${error instanceof Error ? error.message : String(error)}\n`);
    });
  });

  return {
    issuer,
    origin,
    port,
    setGraphTrouble: (status) => void (graphTrouble = status),
    setUserDisabled: (userId, isDisabled) => state.setDisabled(userId, isDisabled),
    setTokenTrouble: (trouble) => void (tokenTrouble = trouble),
    addServiceUrl: (serviceUrl) => void serviceUrls.push(serviceUrl),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await dispatcher.close();
      state.save();
    },
  };
}

/** For programs on this machine: no page of some site can send this header, which would take a preflight. */
function isUserSwitchAllowed({ method, headers, socket }: IncomingMessage): boolean {
  const isLocal = /^(?:::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
  return isLocal && method === 'POST' && headers['x-postern-trial'] === '1';
}

/** Entra takes `device_code` as a grant type, and a client's secret both in the body and by HTTP Basic. */
async function prepareToken(request: IncomingMessage): Promise<Record<string, string>> {
  const form = await readForm(request);
  if (form['grant_type'] === 'device_code') form['grant_type'] = 'urn:ietf:params:oauth:grant-type:device_code';
  const basic = /^basic\s+(\S+)$/i.exec(request.headers.authorization ?? '');
  if (basic?.[1] !== undefined) {
    const [id = '', secret = ''] = Buffer.from(basic[1], 'base64').toString('utf8').split(':', 2);
    form['client_id'] = decodeURIComponent(id);
    form['client_secret'] = decodeURIComponent(secret);
    delete request.headers.authorization;
  }
  // oidc-provider takes a body that was read before it from here.
  Object.assign(request, { body: form });
  return form;
}
