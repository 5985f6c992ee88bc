import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfigurationInput } from '../../src-service/config/service-configuration.ts';
import { askHttp2 } from './http2-client.ts';
import { type TestAuthority, makeAuthority } from './make-authority.ts';
import type { TestCertificate } from './make-certificate.ts';
import { startConnector } from './start-connector.ts';
import { type Origin, startOrigin } from './start-origin.ts';
import { startProvider } from './start-provider.ts';
import { startService } from './start-service.ts';
import { loopback } from './tls-client.ts';

/** A service behind TLS with a connector and a backend, to which hosts of any domain can be published. */
export interface CustomDomains {
  readonly port: number;
  readonly operationsUrl: string;
  readonly dataFolder: string;
  /** Issued the service's own certificate, and those of the test. */
  readonly authority: TestAuthority;
  /** The files of `tls`. */
  readonly files: { readonly certificateFile: string; readonly keyFile: string };
  readonly own: TestCertificate;
  readonly origin: Origin;
  api(method: string, path: string, body?: unknown): Promise<ApiReply>;
  /** Publishes the backend for anybody; resolves with the application's id. */
  publish(hostname: string, publishing?: object): Promise<string>;
  /** A user's HTTP/2 connection to a host, its certificate verified. */
  connectTo(hostname: string): Promise<ClientHttp2Session>;
  writeFiles(certificate: TestCertificate): void;
  reloadCertificates(): void;
  close(): Promise<void>;
}

export interface ApiReply {
  readonly status: number;
  // The tests look into bodies of many shapes; what they expect is said there.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  readonly text: string;
}

export async function startCustomDomains(
  configuration: Partial<ServiceConfigurationInput> = {},
): Promise<CustomDomains> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-domains-'));
  const dataFolder = join(folder, 'data');
  const files = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  const writeFiles = ({ cert, key }: TestCertificate): void => {
    writeFileSync(files.certificateFile, cert);
    writeFileSync(files.keyFile, key, { mode: 0o600 });
  };
  const authority = await makeAuthority('Test authority');
  const own = await authority.issue(['localhost', '*.postern.localhost']);
  writeFiles(own);
  const [origin, provider] = await Promise.all([startOrigin(), startProvider()]);
  const service = await startService({
    provider,
    dataFolder,
    configuration: { publicUrl: 'https://localhost:0', tls: files, ...configuration },
  });
  const port = Number(new URL(service.url).port);
  const sessions: ClientHttp2Session[] = [];
  const connectTo = async (hostname: string): Promise<ClientHttp2Session> => {
    const session = connect(`https://${hostname}:${port}`, { ca: authority.cert, lookup: loopback });
    session.on('error', () => undefined);
    sessions.push(session);
    await once(session, 'connect');
    return session;
  };
  const apiSession = await connectTo('localhost');
  const authorization = `Bearer ${await provider.automationToken()}`;
  const api: CustomDomains['api'] = async (method, path, body) => {
    const head = { ':method': method, ':path': `/graph/beta${path}`, authorization };
    const answer = await askHttp2(
      apiSession,
      body === undefined ? head : { ...head, 'content-type': 'application/json' },
      body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
    );
    const text = answer.body.toString();
    return { status: answer.status, text, body: text === '' ? null : JSON.parse(text) };
  };
  const { body } = await api('POST', '/postern/enrolmentTokens', {});
  const connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'enrolmentToken', token: body.token },
    extraCertificates: [authority.cert],
  });
  return {
    port,
    operationsUrl: service.operationsUrl,
    dataFolder,
    authority,
    files,
    own,
    origin,
    api,
    publish: async (hostname, publishing = {}) => {
      const reply = await api('POST', '/applications', {
        displayName: hostname,
        onPremisesPublishing: {
          externalUrl: `https://${hostname}:${port}/`,
          internalUrl: `${origin.url}/`,
          allowIpHosts: true,
          externalAuthenticationType: 'passthru',
          ...publishing,
        },
      });
      if (reply.status !== 201) throw new Error(`The API refused: ${reply.text}`);
      return reply.body.id as string;
    },
    connectTo,
    writeFiles,
    reloadCertificates: () => service.reloadCertificates(),
    close: async () => {
      for (const session of sessions) session.destroy();
      await connector.close();
      await service.close();
      await Promise.all([provider.close(), origin.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
