import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { AnnouncementInput } from './announcement.ts';
import { ensureCertificates } from './local-authority.ts';
import { makeLocalHttp } from './local-http.ts';
import type { LocalHttp } from './local-http.ts';
import { ManagedChild, describeEnd } from './managed-child.ts';
import { TrialAdmin } from './trial-admin.ts';
import { trialAddresses } from './trial-addresses.ts';
import type { TrialAddresses } from './trial-addresses.ts';
import { prepareDesktop, runScript } from './trial-desktop.ts';
import type { TrialOptions } from './trial-options.ts';
import { choosePorts } from './trial-ports.ts';
import { openTrialState, saveTrialState, trialPaths } from './trial-state.ts';
import type { TrialPaths, TrialState } from './trial-state.ts';
import { waitUntil } from './wait-until.ts';
import { writeProviderConfiguration, writeServiceConfiguration } from './write-configurations.ts';

const START_TIMEOUT_MS = 60_000;
const INTRANET_NAME = 'Contoso intranet';

/** A child of the trial ended on its own. Code 0 of the desktop app is a person who quit it. */
export interface TrialEnd {
  readonly title: string;
  readonly isWanted: boolean;
  readonly message: string;
}

/** The processes of one trial: started in order, proven to work, watched, and stopped together. */
export class TrialRun {
  readonly #root: string;
  readonly #options: TrialOptions;
  readonly #say: (line: string) => void;
  readonly #children = new Map<string, ManagedChild>();
  readonly #abort = new AbortController();
  readonly #end = Promise.withResolvers<TrialEnd>();
  #isStopping = false;

  constructor(root: string, options: TrialOptions, say: (line: string) => void) {
    this.#root = root;
    this.#options = options;
    this.#say = say;
  }

  /** Settles when a child ends that nobody stopped. */
  get ended(): Promise<TrialEnd> {
    return this.#end.promise;
  }

  /**
   * Starts everything and waits until the whole path works.
   * @throws TrialError (with the way out); AbortError after `stop`
   */
  async start(): Promise<AnnouncementInput> {
    const { stateFolder, isTls, isReset, isHeadless } = this.#options;
    const { signal } = this.#abort;
    if (!isHeadless) await runScript(this.#root, 'scripts/preflight.ts', ['desktop'], signal);
    const state = openTrialState(stateFolder, isTls, isReset);
    const paths = trialPaths(stateFolder);
    const ports = await choosePorts(this.#options.ports, state.ports);
    const addresses = trialAddresses(ports, isTls, state.tenantId);
    const certificates = isTls ? await ensureCertificates(paths.tlsFolder, new Date()) : null;
    const input = { paths, state, ports, addresses, certificates };
    state.ports = ports;
    saveTrialState(stateFolder, state);
    writeProviderConfiguration(input);
    const local = makeLocalHttp(certificates?.caFile ?? null);
    try {
      this.#say('Starting the identity provider and the intranet …');
      this.#spawnNode('identityProvider', 'the identity provider', 'trial/identity-provider/main.ts', [
        '--config',
        paths.providerFile,
      ]);
      this.#spawnNode('intranet', 'the intranet', 'trial/intranet/main.ts', [
        '--port',
        String(ports.intranet),
        '--folder',
        paths.intranetFolder,
      ]);
      const discovery = await this.#answer(
        local.http,
        'the identity provider answers',
        `${addresses.issuer}/.well-known/openid-configuration`,
      );
      await this.#answer(local.http, 'the intranet answers', `${addresses.intranetUrl}healthz`);
      this.#say('Starting the service …');
      writeServiceConfiguration(input, discovery);
      this.#spawnNode('service', 'the service', 'src-service/main.ts', ['--config', paths.serviceFile]);
      await this.#answer(local.http, 'the service answers', `${addresses.serviceUrl}/.well-known/postern`);
      if (isHeadless) await this.#startConnector(state, addresses, paths, local.http, certificates?.caFile ?? null);
      else await this.#startDesktop(addresses, paths, certificates?.caFile ?? null);
    } finally {
      await local.close();
    }
    const pids = Object.fromEntries([...this.#children].map(([name, { pid }]) => [name, pid]));
    return {
      state,
      addresses,
      isHeadless,
      stateFolder,
      caFile: certificates?.caFile ?? null,
      pids: { trial: process.pid, ...pids },
    };
  }

  /** Stops all children: what carries requests first, so that it can drain; then the rest. Safe to call again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#abort.abort();
    const first = ['connector', 'desktop'];
    const children = [...this.#children];
    await Promise.all(children.filter(([name]) => first.includes(name)).map(([, child]) => child.stop()));
    await Promise.all(children.filter(([name]) => !first.includes(name)).map(([, child]) => child.stop()));
  }

  /** Ends all children at once. */
  kill(): void {
    for (const child of this.#children.values()) child.kill();
  }

  async #startConnector(
    state: TrialState,
    addresses: TrialAddresses,
    paths: TrialPaths,
    http: LocalHttp,
    caFile: string | null,
  ): Promise<void> {
    this.#say('Starting the connector and publishing the intranet …');
    const { signal } = this.#abort;
    const { stateFolder } = this.#options;
    const admin = await TrialAdmin.signIn(http, addresses, state);
    const isEnrolled = state.enrolledAt === addresses.serviceUrl && existsSync(paths.connectorFolder);
    if (!isEnrolled) rmSync(paths.connectorFolder, { recursive: true, force: true });
    const enrolmentToken = isEnrolled ? undefined : await admin.makeEnrolmentToken();
    const trust = caFile === null ? [] : ['--ca', caFile];
    this.#spawnNode(
      'connector',
      'the connector',
      'src-main/connector/cli.ts',
      [
        'run',
        '--service',
        addresses.serviceUrl,
        '--data',
        paths.connectorFolder,
        '--name',
        'Trial connector',
        ...trust,
      ],
      // In the environment, since arguments can be read by everybody on the machine.
      enrolmentToken === undefined ? {} : { POSTERN_ENROLMENT_TOKEN: enrolmentToken },
    );
    await waitUntil('the connector is connected', START_TIMEOUT_MS, signal, async () =>
      (await admin.activeConnectors()).length > 0 ? true : undefined,
    );
    state.enrolledAt = addresses.serviceUrl;
    const { id, isNew } = await admin.ensureApplication(state.intranetApplicationId, {
      displayName: INTRANET_NAME,
      onPremisesPublishing: {
        externalUrl: addresses.externalUrl,
        internalUrl: addresses.intranetUrl,
        allowIpHosts: true,
      },
    });
    const alice = state.users.find(({ name }) => name === 'alice');
    if (isNew && alice) await admin.assignUser(id, alice);
    state.intranetApplicationId = id;
    saveTrialState(stateFolder, state);
    await waitUntil('the intranet asks at its external address for a sign-in', START_TIMEOUT_MS, signal, async () => {
      const answer = await http(addresses.externalUrl, {
        headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      });
      if (answer.status === 302 || answer.status === 303) return true;
      throw new Error(`it answers ${answer.status}`);
    });
  }

  async #startDesktop(addresses: TrialAddresses, paths: TrialPaths, caFile: string | null): Promise<void> {
    this.#say('Preparing the desktop app; the first time takes a minute …');
    const { command, args } = await prepareDesktop(this.#root, this.#abort.signal);
    const child = this.#spawn('desktop', 'the desktop app', command, args, {
      POSTERN_SERVICE_URL: addresses.serviceUrl,
      POSTERN_SUGGESTED_INTERNAL_URL: addresses.intranetUrl,
      POSTERN_USER_DATA: paths.desktopFolder,
      ...(caFile === null ? {} : { POSTERN_EXTRA_CA_FILE: caFile }),
    });
    await waitUntil('the desktop app has opened', START_TIMEOUT_MS, this.#abort.signal, async () =>
      child.hasLogged('desktop.ready') ? true : undefined,
    );
  }

  #answer(http: LocalHttp, what: string, url: string): Promise<string> {
    return waitUntil(what, START_TIMEOUT_MS, this.#abort.signal, async () => {
      const { status, text } = await http(url);
      if (status === 200) return text;
      throw new Error(`${url} answers ${status}`);
    });
  }

  #spawnNode(
    name: string,
    title: string,
    script: string,
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): void {
    const nodeArgs = ['--disable-warning=ExperimentalWarning', join(this.#root, script), ...args];
    this.#spawn(name, title, process.execPath, nodeArgs, environment);
  }

  #spawn(
    name: string,
    title: string,
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): ManagedChild {
    this.#abort.signal.throwIfAborted();
    const logFile = join(trialPaths(this.#options.stateFolder).logsFolder, `${name}.log`);
    const child = new ManagedChild({ title, command, args, cwd: this.#root, environment, logFile });
    this.#children.set(name, child);
    void child.ended.then((end) => {
      if (this.#isStopping) return;
      const isWanted = name === 'desktop' && end.code === 0;
      const message = isWanted
        ? 'The desktop app was closed, so the trial stops.'
        : `${title} ${describeEnd(end)}. The last lines of ${logFile}:\n\n${child.lastLines()}\n`;
      this.#end.resolve({ title, isWanted, message: message.charAt(0).toUpperCase() + message.slice(1) });
    });
    return child;
  }
}
