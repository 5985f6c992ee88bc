import { statfs } from 'node:fs/promises';
import type { AppState } from '../../../src-shared/ipc/app-state.ts';
import type { SelfTestStep } from '../../../src-shared/ipc/diagnostics-models.ts';
import type { PathCheckHop } from '../../../src-shared/ipc/window-models.ts';

const MIB = 1_048_576;
const GIB = 1024 * MIB;
/** Below this the history stops to be written soon. */
const LITTLE_DISK_BYTES = 200 * MIB;
const SOME_DISK_BYTES = GIB;
const DAY_MS = 86_400_000;
const CERTIFICATE_DAYS = 7;

export interface SelfTestOptions {
  readonly state: () => AppState;
  /** Goes the way to the service; null where none is chosen. */
  readonly checkPath: ((onHop: (hop: PathCheckHop) => void) => Promise<unknown>) | null;
  /** Reads one row of the history; rejects where it can't be read. */
  readonly probeHistory: () => Promise<number>;
  /** Seals and opens something; null where this machine has no key store. */
  readonly probeKeyStore: (() => Promise<void>) | null;
  readonly dataFolder: string;
  readonly now: () => number;
  readonly onStep: (step: SelfTestStep) => void;
}

type Finding = Pick<SelfTestStep, 'outcome' | 'detail'>;

/** Looks at all that this machine needs to serve, one thing after the other, and tells each as it is found. */
export async function runSelfTest(options: SelfTestOptions): Promise<SelfTestStep[]> {
  const steps: SelfTestStep[] = [];
  const tell = (step: SelfTestStep): void => {
    steps.push(step);
    options.onStep(step);
  };
  const check = async (name: SelfTestStep['check'], look: () => Promise<Finding> | Finding): Promise<void> => {
    try {
      tell({ check: name, ...(await look()) });
    } catch (error) {
      tell({ check: name, outcome: 'failed', detail: error instanceof Error ? error.message : String(error) });
    }
  };
  await options.checkPath?.(({ hop, outcome, detail }) => tell({ check: hop, outcome, detail }));
  await check('engine', () => describeEngine(options.state()));
  await check('certificate', () => describeCertificate(options.state(), options.now()));
  await check('keyStore', () => checkKeyStore(options));
  await check('history', () => checkHistory(options));
  await check('disk', () => checkDisk(options.dataFolder));
  return steps;
}

function describeEngine({ connector, engine, engineFault, isPaused }: AppState): Finding {
  if (connector === null) return { outcome: 'skipped', detail: 'This machine is not enrolled.' };
  if (isPaused) return { outcome: 'warned', detail: 'The connector is paused.' };
  if (engine === null) {
    const detail =
      engineFault === null ? 'The engine has not spoken yet.' : `The engine crashed: ${engineFault.message}`;
    return { outcome: 'failed', detail };
  }
  const up = engine.tunnels.filter(({ phase }) => phase === 'connected').length;
  const served = engine.applications.length;
  const detail = `${up} of ${engine.tunnels.length} tunnels stand, ${served} ${served === 1 ? 'application' : 'applications'}`;
  if (engine.problem !== null && up === 0) return { outcome: 'failed', detail: engine.problem.message };
  const rejected = engine.rejectedApplications[0];
  if (rejected !== undefined) return { outcome: 'warned', detail: `${rejected.displayName}: ${rejected.reason}` };
  if (up < engine.tunnels.length) {
    return { outcome: 'warned', detail: `${detail}. ${engine.problem?.message ?? ''}`.trim() };
  }
  if (engineFault !== null)
    return { outcome: 'warned', detail: `${detail}. It crashed before: ${engineFault.message}` };
  return { outcome: 'passed', detail };
}

function describeCertificate({ connector }: AppState, nowMs: number): Finding {
  if (connector === null) return { outcome: 'skipped', detail: 'This machine is not enrolled.' };
  const days = Math.floor((connector.certificateExpiryMs - nowMs) / DAY_MS);
  const date = new Date(connector.certificateExpiryMs).toISOString().slice(0, 10);
  if (days < 0) return { outcome: 'failed', detail: `Expired on ${date}` };
  return { outcome: days < CERTIFICATE_DAYS ? 'warned' : 'passed', detail: `Valid until ${date}, ${days} days` };
}

async function checkKeyStore({ probeKeyStore, state }: SelfTestOptions): Promise<Finding> {
  const { connectorKey } = state().protection;
  if (probeKeyStore === null) {
    return { outcome: 'warned', detail: `This machine has no key store: the key is kept in a ${connectorKey}.` };
  }
  await probeKeyStore();
  return { outcome: 'passed', detail: 'Something was sealed and opened again.' };
}

async function checkHistory({ probeHistory, state }: SelfTestOptions): Promise<Finding> {
  const { trafficHistory } = state();
  if (trafficHistory.kind === 'failing') return { outcome: 'failed', detail: trafficHistory.reason };
  const rows = await probeHistory();
  if (trafficHistory.kind === 'setAside') {
    return { outcome: 'warned', detail: `It was damaged, and a new one was begun: ${trafficHistory.reason}` };
  }
  return { outcome: 'passed', detail: rows === 0 ? 'It is read, and empty.' : 'It is read and written.' };
}

async function checkDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = free < GIB ? `${Math.floor(free / MIB)} MiB free` : `${(free / GIB).toFixed(1)} GiB free`;
  if (free < LITTLE_DISK_BYTES) return { outcome: 'failed', detail };
  return { outcome: free < SOME_DISK_BYTES ? 'warned' : 'passed', detail };
}
