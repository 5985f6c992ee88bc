import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureCertificates } from '../../../trial/setup/local-authority.ts';
import { makeLocalHttp } from '../../../trial/setup/local-http.ts';
import { trialAddresses } from '../../../trial/setup/trial-addresses.ts';
import { TrialAdmin } from '../../../trial/setup/trial-admin.ts';
import type { TrialPorts } from '../../../trial/setup/trial-ports.ts';
import { openTrialState, trialPaths } from '../../../trial/setup/trial-state.ts';
import { type Child, startChild } from '../../child.ts';
import { watchHeap } from '../../watch-heap.ts';
import { answersWith200, freePort, until } from '../daemon.ts';
import { SMALL_PATH } from '../origin.ts';
import type { Peer, Target } from '../peer.ts';
import { signIn } from './sign-in.ts';

const USER = 'alice';
/** Nothing listens before it is asked for. */
const INSPECTOR_OPTION = '--inspect-port=127.0.0.1:0';
const INSPECTOR_LINE = /^Debugger listening on (ws:\/\/\S+)$/m;

/** What `npm start -- --headless --json` prints, as far as benchmarks need it. */
interface TrialReady {
  readonly serviceUrl: string;
  readonly ca: string | null;
  readonly pids: { readonly service: number; readonly connector: number };
}

export interface PosternSettings {
  readonly folder: string;
  readonly originPort: number;
  /** Of service and connector; each logs a line per request at `info`, the default. */
  readonly logLevel: string;
  /**
   * As it is; with undici as the connector's client of HTTP/1.1; with node:http as the service's server of it; with users who
   * come over TLS.
   */
  readonly name: 'postern' | 'postern-undici' | 'postern-node' | 'postern-tls';
  /** Takes CPU profiles of its processes; null for none. */
  readonly profileFolder: string | null;
}

/**
 * Postern as the trial runs it: users arrive in plain http, as with the other peers, and are signed in; the tunnels are TLS
 * on a listener of their own. Sign-in and enrolment are made at the first start and kept; the processes are new each time.
 */
export async function makePostern(settings: PosternSettings): Promise<Peer> {
  const { folder, originPort, logLevel, name, profileFolder } = settings;
  const stateFolder = path.join(folder, name);
  const isTls = name === 'postern-tls';
  const tunnelPort = await freePort();
  const ports = ['--port', await freePort(), '--idp-port', await freePort(), '--intranet-port', await freePort()];
  const { caFile, certificateFile, keyFile } = await ensureCertificates(trialPaths(stateFolder).tlsFolder, new Date());
  const environment = {
    POSTERN_TUNNEL_LISTEN_HOST: '127.0.0.1',
    POSTERN_TUNNEL_LISTEN_PORT: String(tunnelPort),
    POSTERN_TUNNEL_LISTEN_PUBLIC_URL: `https://localhost:${tunnelPort}`,
    POSTERN_TUNNEL_LISTEN_TLS_CERTIFICATE_FILE: certificateFile,
    POSTERN_TUNNEL_LISTEN_TLS_KEY_FILE: keyFile,
    POSTERN_CA_FILE: caFile,
    // Its rates would be what is measured.
    POSTERN_LIMITS_REQUESTS_PER_SECOND: '0',
    POSTERN_LIMITS_APPLICATION_REQUESTS_PER_SECOND: '0',
    POSTERN_LIMITS_CLIENT_REQUESTS_PER_SECOND: '0',
    POSTERN_LOG_LEVEL: logLevel,
    POSTERN_BACKEND_HTTP1_CLIENT: name === 'postern-undici' ? 'undici' : 'plain',
    POSTERN_USER_REQUESTS: name === 'postern-node' ? 'node' : 'own',
    NODE_OPTIONS: [
      INSPECTOR_OPTION,
      ...(profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]),
    ].join(' '),
  };
  let target: Target | null = null;
  return {
    name,
    start: async () => {
      const args = ['--headless', '--json', '--state', stateFolder, ...ports.map(String), ...(isTls ? ['--tls'] : [])];
      const trial = await startChild<TrialReady>('trial/start.ts', args, environment);
      try {
        target ??= await publish(trial, stateFolder, originPort, isTls);
        const reached = target;
        await until('Postern forwards', () => answersWith200(reached, SMALL_PATH));
        const { service, connector } = trial.ready.pids;
        return {
          target,
          pids: [service, connector],
          stop: () => trial.stop(),
          collect: () => collect(trial, stateFolder),
        };
      } catch (error) {
        await trial.stop();
        throw error;
      }
    },
  };
}

/** Publishes the origin for one user, who has to sign in, and signs her in. */
async function publish(
  { ready }: Child<TrialReady>,
  stateFolder: string,
  originPort: number,
  isTls: boolean,
): Promise<Target> {
  const state = openTrialState(stateFolder, isTls, false);
  const addresses = trialAddresses(state.ports as TrialPorts, isTls, state.tenantId);
  const user = state.users.find(({ name }) => name === USER);
  if (user === undefined) throw new Error(`The trial has no user ${USER}.`);
  const port = Number(new URL(ready.serviceUrl).port);
  const externalUrl = `${addresses.scheme}://bench.${addresses.applicationsDomain}:${port}/`;
  const local = makeLocalHttp(ready.ca);
  try {
    const admin = await TrialAdmin.signIn(local.http, addresses, state);
    const internalUrl = `http://127.0.0.1:${originPort}/`;
    const { id } = await admin.ensureApplication(undefined, {
      displayName: 'Benchmark',
      onPremisesPublishing: { externalUrl, internalUrl, allowIpHosts: true },
    });
    await admin.assignUser(id, user);
  } finally {
    await local.close();
  }
  const { host } = new URL(externalUrl);
  const anonymous: Target = { port, headers: { Host: host }, ...(ready.ca === null ? {} : { caFile: ready.ca }) };
  if (await answersWith200(anonymous, SMALL_PATH)) throw new Error('Postern lets anybody in.');
  const cookie = await signIn(`${externalUrl}small`, user, anonymous.caFile);
  return { ...anonymous, headers: { ...anonymous.headers, Cookie: cookie } };
}

/** What service and connector keep together. Asking starts their inspectors, which stay. */
async function collect({ ready }: Child<TrialReady>, stateFolder: string): Promise<number> {
  const { logsFolder } = trialPaths(stateFolder);
  const kept = await Promise.all(
    (['service', 'connector'] as const).map(async (name) => {
      const logFile = path.join(logsFolder, `${name}.log`);
      process.kill(ready.pids[name], 'SIGUSR1');
      await until('its inspector listens', () => Promise.resolve(inspectorUrlIn(logFile) !== null));
      const heap = await watchHeap(inspectorUrlIn(logFile) ?? '');
      try {
        return await heap.keptBytes();
      } finally {
        heap.close();
      }
    }),
  );
  return kept.reduce((sum, bytes) => sum + bytes, 0) / 1024;
}

function inspectorUrlIn(logFile: string): string | null {
  return INSPECTOR_LINE.exec(readFileSync(logFile, 'latin1'))?.[1] ?? null;
}
