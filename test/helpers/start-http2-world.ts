import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfigurationInput } from '../../src-service/config/service-configuration.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { askHttp2, connectHttp2 } from './http2-client.ts';
import { recentTraffic } from './keeping-recorder.ts';
import { makeCertificate } from './make-certificate.ts';
import { startConnector } from './start-connector.ts';
import { type StartedProvider, startProvider, type StartProviderOptions } from './start-provider.ts';
import { makeTestLog, rememberSecret } from './test-log.ts';
import { startService } from './start-service.ts';

/** What the API answers, read as JSON. */
type ApiBody = Readonly<Record<string, unknown>>;

/** A service behind TLS with a connector, to which applications for anybody are published. */
export interface Http2World {
  readonly serviceUrl: string;
  /** What vouches for the service, PEM. */
  readonly ca: string;
  /** A certificate for 127.0.0.1 with its key, for backends. */
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly provider: StartedProvider;
  /** What the service logged, from `info` on. */
  readonly logLines: readonly Record<string, unknown>[];
  /** What the connector saw of the requests so far, oldest first. */
  traffic(): readonly TrafficRecord[];
  /** Asks the admin API, which answers with JSON or nothing. */
  api(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: ApiBody }>;
  /** Publishes a backend under a name; resolves with its external URL. */
  publish(
    name: string,
    internalUrl: string,
    publishing?: Partial<OnPremisesPublishing>,
    application?: Record<string, unknown>,
  ): Promise<string>;
  /** Stops the service gracefully; `close` does the rest. */
  drain(drainMs: number): Promise<void>;
  close(): Promise<void>;
}

/** @param extraConfiguration laid over that of the service, top-level keys */
export async function startHttp2World(
  extraConfiguration: Partial<ServiceConfigurationInput> = {},
  providerOptions: StartProviderOptions = {},
): Promise<Http2World> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-http2-'));
  const certificate = await makeCertificate(['localhost', '*.postern.localhost'], ['127.0.0.1']);
  const tls = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  writeFileSync(tls.certificateFile, certificate.cert);
  writeFileSync(tls.keyFile, certificate.key);
  const provider = await startProvider(providerOptions);
  const logLines: Record<string, unknown>[] = [];
  const log = makeTestLog('info', (line) => void logLines.push(JSON.parse(line) as Record<string, unknown>));
  const service = await startService({
    provider,
    log,
    configuration: { publicUrl: 'https://localhost:0', tls, ...extraConfiguration },
  });
  const apiSession = await connectHttp2(service.url, certificate.cert);
  const authorization = `Bearer ${await provider.automationToken()}`;
  const api = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: ApiBody }> => {
    const answer = await askHttp2(
      apiSession,
      {
        ':method': method,
        ':path': `/graph/beta${path}`,
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
    );
    const text = answer.body.toString();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as ApiBody) };
  };
  const post = async (path: string, body: unknown): Promise<ApiBody> => {
    const answer = await api('POST', path, body);
    if (answer.status !== 201) throw new Error(`The API refused: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { token } = await post('/postern/enrolmentTokens', { maxUses: 1 });
  rememberSecret('enrolment token', String(token));
  const connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'enrolmentToken', token: String(token) },
    extraCertificates: [certificate.cert],
  });
  return {
    serviceUrl: service.url,
    ca: certificate.cert,
    certificate,
    provider,
    logLines,
    traffic: () => recentTraffic(connector.engine),
    api,
    publish: async (name, internalUrl, publishing = {}, application = {}) => {
      const externalUrl = service.externalUrl(name).replace('http:', 'https:');
      await post('/applications', {
        displayName: name,
        ...application,
        onPremisesPublishing: {
          externalUrl,
          internalUrl: `${internalUrl}/`,
          allowIpHosts: true,
          externalAuthenticationType: 'passthru',
          isBackendCertificateValidationEnabled: false,
          ...publishing,
        },
      });
      return externalUrl;
    },
    drain: (drainMs) => service.close(drainMs),
    close: async () => {
      apiSession.destroy();
      await connector.close();
      await service.close();
      await provider.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
