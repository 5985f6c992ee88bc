import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { keepLog, rememberKey, rememberSecret } from './test-log.ts';

const HOST = 'sso.localhost';
const HTDOCS = '/usr/share/lemonldap-ng/portal/htdocs';
const TEMPLATES = '/usr/share/lemonldap-ng/portal/templates';
/** Two, because the portal may ask for a page of its own while it makes one. */
const WORKERS = 2;
const START_MS = 30_000;
const LOOK_MS = 50;

/** LemonLDAP::NG as Debian packages it: an OpenID provider that has nothing of oidc-provider. */
export interface Lemonldap {
  /** With a slash at the end, as it spells it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Requests that came, as `POST /oauth2/token`. */
  readonly requests: readonly string[];
  /** Registers a service, and so starts the portal. */
  register(serviceUrl: string): Promise<void>;
  /** From now on tokens are signed with another key, and the key before is published no more. */
  changeKey(): Promise<void>;
  /** Answers the next such request (`POST /oauth2/authorize`) and is gone before anybody else can ask; `start` brings it back. */
  stopAfter(request: string): void;
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Prepares the portal in a temporary folder, with its users `dwho` (of the group `timelords`), `rtyler` and `msmith`, whose
 * passwords are their names, and TLS in front: it begins to answer when a service is registered. Everything that it writes is in that folder. The caller closes it.
 * @param tls certificate and key for `sso.localhost`, PEM
 */
export async function startLemonldap(tls: { readonly cert: string; readonly key: string }): Promise<Lemonldap> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-lemonldap-'));
  for (const name of ['conf', 'cache', 'sessions/lock', 'persistent/lock']) {
    mkdirSync(path.join(folder, name), { recursive: true });
  }
  const socketPath = path.join(folder, 'portal.sock');
  const requests: string[] = [];
  const state = { version: 0, serviceUrl: '', keys: makeKeys(1), lastRequest: '' };
  const front = createServer(tls, (incoming, outgoing) => {
    const line = `${incoming.method} ${incoming.url?.split('?', 1)[0]}`;
    requests.push(line);
    const isLast = line === state.lastRequest;
    passOn(socketPath, incoming, outgoing, () => {
      if (!isLast) return;
      state.lastRequest = '';
      outgoing.setHeader('connection', 'close');
      front.close();
      front.closeIdleConnections();
    });
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const { port } = front.address() as AddressInfo;
  const issuer = `https://${HOST}:${port}/`;
  const client = { clientId: 'postern', clientSecret: randomBytes(24).toString('base64url') };
  rememberSecret('client secret', client.clientSecret);
  let server: ChildProcess | null = null;

  writeFileSync(path.join(folder, 'lemonldap-ng.ini'), iniFile(folder));
  writeFileSync(path.join(folder, 'portal.psgi'), PORTAL);
  const halt = async (): Promise<void> => {
    if (server === null) return;
    const ended = once(server, 'close');
    server.kill('SIGTERM');
    await ended;
    server = null;
    rmSync(socketPath, { force: true });
  };
  const run = async (): Promise<void> => {
    const child = spawn(
      'starman',
      ['--workers', String(WORKERS), '--listen', socketPath, '--preload-app', 'portal.psgi'],
      {
        cwd: folder,
        env: { ...process.env, LLNG_DEFAULTCONFFILE: path.join(folder, 'lemonldap-ng.ini') },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let said = '';
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        keepLog(text);
        said += text;
      });
    }
    server = child;
    const deadlineMs = performance.now() + START_MS;
    while (!existsSync(socketPath)) {
      if (child.exitCode !== null || performance.now() > deadlineMs)
        throw new Error(`LemonLDAP::NG did not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    if (said.includes('Initialization failed')) throw new Error(`LemonLDAP::NG refuses its configuration: ${said}`);
  };
  const configure = async (): Promise<void> => {
    await halt();
    state.version++;
    const settings = { folder, issuer, ...client, ...state };
    writeFileSync(
      path.join(folder, 'conf', `lmConf-${state.version}.json`),
      JSON.stringify(portalConfiguration(settings)),
    );
    await run();
  };
  return {
    issuer,
    ...client,
    requests,
    register: async (serviceUrl) => {
      state.serviceUrl = serviceUrl;
      await configure();
    },
    changeKey: async () => {
      state.keys = makeKeys(state.keys.number + 1);
      await configure();
    },
    stopAfter: (line) => {
      state.lastRequest = line;
    },
    start: async () => {
      front.closeAllConnections();
      front.listen(port, '127.0.0.1');
      await once(front, 'listening');
    },
    close: async () => {
      front.closeAllConnections();
      await Promise.all([new Promise((resolve) => front.close(resolve)), halt()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface SigningKeys {
  readonly number: number;
  readonly privateKey: string;
  readonly publicKey: string;
}

function makeKeys(number: number): SigningKeys {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  rememberKey(pair.privateKey);
  return { number, ...pair };
}

/** TLS ends here; the portal speaks HTTP on a socket of its folder. */
function passOn(socketPath: string, incoming: IncomingMessage, outgoing: ServerResponse, onAnswer: () => void): void {
  const { method, url, headers } = incoming;
  const inner = request({ socketPath, method, path: url, headers: { ...headers, connection: 'close' }, agent: false });
  inner.on('response', (response) => {
    const { connection: _, ...passed } = response.headers;
    onAnswer();
    outgoing.writeHead(response.statusCode ?? 502, passed);
    response.pipe(outgoing);
  });
  inner.on('error', () => outgoing.destroy());
  incoming.pipe(inner);
}

/**
 * The portal with its static files. It loads what draws captchas though none is wanted, and with it a graphics library: the
 * package above stands in for that.
 */
const PORTAL = `package NoCaptcha;
use Mouse;
extends 'Lemonldap::NG::Common::Module';
sub init { 1 }
BEGIN { $INC{'NoCaptcha.pm'} = __FILE__ }
package main;
use Plack::Builder;
use Lemonldap::NG::Portal::Main;
builder {
  enable 'Static', path => qr{^/static/}, root => '${HTDOCS}';
  enable 'Static', path => qr{^/javascript/}, root => '/usr/share';
  Lemonldap::NG::Portal::Main->run({});
};
`;

function iniFile(folder: string): string {
  return `[all]
logLevel = warn
[configuration]
type = File
dirName = ${folder}/conf
localStorage = Cache::FileCache
localStorageOptions = {'namespace' => 'configuration', 'cache_root' => '${folder}/cache', 'cache_depth' => 3}
[portal]
staticPrefix = /static
templateDir = ${TEMPLATES}
languages = en
`;
}

interface PortalSettings {
  readonly folder: string;
  readonly version: number;
  readonly issuer: string;
  readonly serviceUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly keys: SigningKeys;
}

/** What an administrator sets in the manager, under its names there (docs/connect-entra.md). */
function portalConfiguration(settings: PortalSettings): object {
  const { folder, version, issuer, serviceUrl, keys } = settings;
  const sessionsIn = (name: string): object => ({
    Directory: path.join(folder, name),
    LockDirectory: path.join(folder, name, 'lock'),
    generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
  });
  return {
    cfgNum: version,
    cfgVersion: '2.16.1',
    cfgAuthor: 'Postern',
    cfgDate: String(Math.floor(Date.now() / 1000)),
    portal: issuer,
    domain: HOST,
    cookieName: 'lemonldap',
    securedCookie: 1,
    authentication: 'Demo',
    userDB: 'Same',
    passwordDB: 'Null',
    registerDB: 'Null',
    demoExportedVars: { uid: 'uid', cn: 'cn', mail: 'mail' },
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: sessionsIn('sessions'),
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: sessionsIn('persistent'),
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: {
      namespace: 'sessions',
      cache_root: path.join(folder, 'cache'),
      cache_depth: 3,
      default_expires_in: 600,
    },
    locationRules: { [HOST]: { default: 'accept' } },
    exportedHeaders: {},
    applicationList: {},
    macros: { _whatToTrace: 'lc($_user)' },
    whatToTrace: '_whatToTrace',
    groups: {},
    notification: 0,
    captcha: 'NoCaptcha',
    portalDisplayRegister: 0,
    portalDisplayResetPassword: 0,
    issuerDBOpenIDConnectActivation: 1,
    oidcServiceAllowAuthorizationCodeFlow: 1,
    oidcServicePrivateKeySig: keys.privateKey,
    oidcServicePublicKeySig: keys.publicKey,
    oidcServiceKeyIdSig: `key-${keys.number}`,
    oidcRPMetaDataOptions: {
      postern: {
        oidcRPMetaDataOptionsClientID: settings.clientId,
        oidcRPMetaDataOptionsClientSecret: settings.clientSecret,
        oidcRPMetaDataOptionsDisplayName: 'Postern',
        oidcRPMetaDataOptionsRedirectUris: `${serviceUrl}/.postern/signin/callback`,
        oidcRPMetaDataOptionsPostLogoutRedirectUris: `${serviceUrl}/.postern/signed-out`,
        oidcRPMetaDataOptionsLogoutBypassConfirm: 1,
        oidcRPMetaDataOptionsIDTokenSignAlg: 'RS256',
        oidcRPMetaDataOptionsIDTokenForceClaims: 1,
        oidcRPMetaDataOptionsUserIDAttr: 'uid',
        oidcRPMetaDataOptionsBypassConsent: 1,
        oidcRPMetaDataOptionsRequirePKCE: 1,
        oidcRPMetaDataOptionsRefreshToken: 1,
      },
    },
    oidcRPMetaDataExportedVars: {
      postern: { name: 'cn', email: 'mail', preferred_username: 'uid', groups: 'groups;string;always' },
    },
    oidcRPMetaDataOptionsExtraClaims: { postern: { groups: 'groups' } },
  };
}
