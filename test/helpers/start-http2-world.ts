import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { askHttp2, connectHttp2 } from './http2-client.ts';
import { makeCertificate } from './make-certificate.ts';
import { startConnector } from './start-connector.ts';
import { startProvider } from './start-provider.ts';
import { startService } from './start-service.ts';

/** A service behind TLS with a connector, to which applications for anybody are published. */
export interface Http2World {
  readonly serviceUrl: string;
  /** What vouches for the service, PEM. */
  readonly ca: string;
  /** A certificate for 127.0.0.1 with its key, for backends. */
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Publishes a backend under a name; resolves with its external URL. */
  publish(name: string, internalUrl: string, publishing?: Partial<OnPremisesPublishing>): Promise<string>;
  /** Stops the service gracefully; `close` does the rest. */
  drain(drainMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function startHttp2World(): Promise<Http2World> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-http2-'));
  const certificate = await makeCertificate(['localhost', '*.postern.localhost'], ['127.0.0.1']);
  const tls = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  writeFileSync(tls.certificateFile, certificate.cert);
  writeFileSync(tls.keyFile, certificate.key);
  const provider = await startProvider();
  const service = await startService({ provider, configuration: { publicUrl: 'https://localhost:0', tls } });
  const api = await connectHttp2(service.url, certificate.cert);
  const authorization = `Bearer ${await provider.automationToken()}`;
  const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await askHttp2(
      api,
      { ':method': 'POST', ':path': `/graph/beta${path}`, authorization, 'content-type': 'application/json' },
      Buffer.from(JSON.stringify(body)),
    );
    if (answer.status !== 201) throw new Error(`The API refused: ${answer.body.toString()}`);
    return JSON.parse(answer.body.toString()) as Record<string, unknown>;
  };
  const { token } = await post('/postern/enrolmentTokens', { maxUses: 1 });
  const connector = await startConnector({
    serviceUrl: service.url,
    authorization: { kind: 'enrolmentToken', token: String(token) },
    extraCertificates: [certificate.cert],
  });
  return {
    serviceUrl: service.url,
    ca: certificate.cert,
    certificate,
    publish: async (name, internalUrl, publishing = {}) => {
      const externalUrl = service.externalUrl(name).replace('http:', 'https:');
      await post('/applications', {
        displayName: name,
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
      api.destroy();
      await connector.close();
      await service.close();
      await provider.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
