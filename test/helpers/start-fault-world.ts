import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent } from 'undici';
import type { ServiceConfigurationInput } from '../../src-service/config/service-configuration.ts';
import { directRoutes } from '../../src-main/connector/proxy/proxy-route.ts';
import { enrol } from '../../src-main/connector/enrolment.ts';
import { IdentityFile } from '../../src-main/connector/identity-file.ts';
import { type ApiClient, makeApiClient } from './api-client.ts';
import { type LogEvent, LoggedProcess } from './logged-process.ts';
import { NO_RATES } from './no-rates.ts';
import { userRequestsOfTest } from './user-requests.ts';
import { type Origin, startOrigin } from './start-origin.ts';
import { type StartedProvider, startProvider } from './start-provider.ts';
import { findAddresses, loopbackLookup } from './this-machine.ts';

/**
 * A service and its connectors, each a process of its own, so that a test can kill, stop and starve them as a machine
 * does. The backend, the identity provider and the users are in the test's process.
 */
export class FaultWorld {
  readonly origin: Origin;
  /** Where the test's users come from. */
  readonly agent = new Agent({ connect: { lookup: loopbackLookup }, connections: 512, bodyTimeout: 0 });
  service: LoggedProcess;
  readonly #provider: StartedProvider;
  readonly #folder: string;
  readonly #connectors: LoggedProcess[] = [];
  #port = 0;
  #api: ApiClient | null = null;

  constructor(origin: Origin, provider: StartedProvider, folder: string) {
    this.origin = origin;
    this.#provider = provider;
    this.#folder = folder;
    this.service = this.#spawnService();
  }

  get serviceUrl(): string {
    return `http://localhost:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get dataFolder(): string {
    return path.join(this.#folder, 'service');
  }

  /** Waits until the service is ready; to be called once after each start. */
  async ready(): Promise<LogEvent> {
    const event = await this.service.event(({ msg }) => msg === 'service.ready');
    this.#port = Number(new URL(String(event['url'])).port);
    return event;
  }

  /** Starts the service again, on the same port and with the same data. @returns the event with which it was ready. */
  async restartService(): Promise<LogEvent> {
    await this.service.exit();
    this.service = this.#spawnService();
    return this.ready();
  }

  /** Publishes the origin for anybody. @returns the external URL, with a slash at the end. */
  async publish(name: string): Promise<string> {
    const externalUrl = `http://${name}.postern.localhost:${this.#port}/`;
    const api = await this.#administrator();
    const { status, body } = await api('POST', '/applications', {
      displayName: name,
      onPremisesPublishing: {
        externalUrl,
        internalUrl: `${this.origin.url}/`,
        allowIpHosts: true,
        externalAuthenticationType: 'passthru',
      },
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return externalUrl;
  }

  /**
   * Enrols a connector and starts it; resolves when all its tunnels stand.
   * @param options.throughPort a port of this machine that leads to the service, for a path that a test may break
   */
  async connect(options: { readonly tunnels?: number; readonly throughPort?: number } = {}): Promise<LoggedProcess> {
    const tunnels = options.tunnels ?? 2;
    const name = `Connector ${this.#connectors.length + 1}`;
    const api = await this.#administrator();
    const { body } = await api('POST', '/postern/enrolmentTokens', {});
    const identity = await enrol({
      serviceUrl: this.serviceUrl,
      authorization: { kind: 'enrolmentToken', token: String(body.token) },
      displayName: name,
      machineName: 'test-machine',
      version: '0.0.0',
      ways: { extraCertificates: [], findRoutes: directRoutes, findAddresses },
    });
    const { throughPort } = options;
    const tunnelUrl =
      throughPort === undefined ? identity.tunnelUrl : identity.tunnelUrl.replace(/:\d+\//, `:${throughPort}/`);
    const folder = path.join(this.#folder, name.replace(' ', '-'));
    await new IdentityFile(folder).save({ ...identity, tunnelUrl });
    const connector = new LoggedProcess('src-main/connector/cli.ts', [
      ...['run', '--data', folder, '--tunnels', String(tunnels)],
    ]);
    this.#connectors.push(connector);
    await connector.event(isConnected, tunnels);
    await connector.event(({ msg }) => msg === 'connector.ready');
    return connector;
  }

  async close(): Promise<void> {
    await this.agent.destroy();
    await Promise.all([this.service, ...this.#connectors].map(async (each) => each.kill()));
    await this.origin.close();
    await this.#provider.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #administrator(): Promise<ApiClient> {
    this.#api ??= makeApiClient(`${this.serviceUrl}/graph/beta`, await this.#provider.automationToken());
    return this.#api;
  }

  #spawnService(): LoggedProcess {
    const { service, desktop } = this.#provider.clients;
    const configuration: ServiceConfigurationInput = {
      listen: { host: '127.0.0.1', port: this.#port },
      publicUrl: `http://localhost:${this.#port}`,
      applicationsDomain: 'postern.localhost',
      dataFolder: this.dataFolder,
      limits: NO_RATES,
      userRequests: userRequestsOfTest(),
      operations: { host: '127.0.0.1', port: 0 },
      identityProvider: {
        issuer: this.#provider.issuer,
        clientId: service.clientId,
        clientSecret: service.clientSecret,
      },
      administrators: {
        authority: this.#provider.authority,
        clientId: desktop.clientId,
        apiAudience: this.#provider.apiId,
        apiScope: this.#provider.apiScope,
        issuer: this.#provider.issuer,
      },
    };
    const file = path.join(this.#folder, 'postern.yaml');
    // JSON is YAML too.
    writeFileSync(file, JSON.stringify(configuration));
    return new LoggedProcess('src-service/main.ts', ['--config', file]);
  }
}

/** Whether a connector says that one of its tunnels stands. */
export function isConnected({ msg }: LogEvent): boolean {
  return msg === 'tunnel.connected';
}

/** Starts a service as a process of its own, ready to be published on. The caller closes it. */
export async function startFaultWorld(): Promise<FaultWorld> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-faults-'));
  const world = new FaultWorld(await startOrigin(), await startProvider(), folder);
  await world.ready();
  return world;
}
