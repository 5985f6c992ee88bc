import path from 'node:path';
import { ensureCertificates } from '../../../trial/setup/local-authority.ts';
import { makeLocalHttp } from '../../../trial/setup/local-http.ts';
import { trialAddresses } from '../../../trial/setup/trial-addresses.ts';
import { TrialAdmin } from '../../../trial/setup/trial-admin.ts';
import type { TrialPorts } from '../../../trial/setup/trial-ports.ts';
import { openTrialState } from '../../../trial/setup/trial-state.ts';
import { type Child, startChild } from '../../child.ts';
import { answersWith200, freePort, until } from '../daemon.ts';
import { SMALL_PATH } from '../origin.ts';
import type { Peer, Target } from '../peer.ts';
import { signIn } from './sign-in.ts';

const USER = 'alice';

/** What `npm start -- --headless --json` prints, as far as benchmarks need it. */
interface TrialReady {
  readonly serviceUrl: string;
  readonly pids: { readonly service: number; readonly connector: number };
}

export interface PosternSettings {
  readonly folder: string;
  readonly originPort: number;
  /** Of service and connector; each logs a line per request at `info`, the default. */
  readonly logLevel: string;
  /** As it is; with undici as the connector's client of HTTP/1.1; with node:http as the service's server of it. */
  readonly name: 'postern' | 'postern-undici' | 'postern-node';
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
  const tunnelPort = await freePort();
  const { caFile, certificateFile, keyFile } = await ensureCertificates(path.join(folder, `${name}-tls`), new Date());
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
    ...(profileFolder !== null && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileFolder}` }),
  };
  let target: Target | null = null;
  return {
    name,
    start: async () => {
      const args = ['--headless', '--json', '--state', stateFolder];
      const trial = await startChild<TrialReady>('trial/start.ts', args, environment);
      try {
        target ??= await publish(trial, stateFolder, originPort);
        const reached = target;
        await until('Postern forwards', () => answersWith200(reached, SMALL_PATH));
        const { service, connector } = trial.ready.pids;
        return { target, pids: [service, connector], stop: () => trial.stop() };
      } catch (error) {
        await trial.stop();
        throw error;
      }
    },
  };
}

/** Publishes the origin for one user, who has to sign in, and signs her in. */
async function publish({ ready }: Child<TrialReady>, stateFolder: string, originPort: number): Promise<Target> {
  const state = openTrialState(stateFolder, false, false);
  const addresses = trialAddresses(state.ports as TrialPorts, false, state.tenantId);
  const user = state.users.find(({ name }) => name === USER);
  if (user === undefined) throw new Error(`The trial has no user ${USER}.`);
  const port = Number(new URL(ready.serviceUrl).port);
  const externalUrl = `http://bench.${addresses.applicationsDomain}:${port}/`;
  const local = makeLocalHttp(null);
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
  const anonymous = { port, headers: { Host: host } };
  if (await answersWith200(anonymous, SMALL_PATH)) throw new Error('Postern lets anybody in.');
  return { port, headers: { ...anonymous.headers, Cookie: await signIn(`${externalUrl}small`, user) } };
}
