import { statfs } from 'node:fs/promises';
import type { AppState } from '../../../src-shared/ipc/app-state.ts';
import type { SelfTestStep } from '../../../src-shared/ipc/diagnostics-models.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { CATALOGUES } from '../../../src-shared/text/catalogues.ts';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { LOCALES } from '../../../src-shared/text/language.ts';
import { sayProblem } from '../../../src-shared/text/say-error.ts';
import type { PathCheckHop } from '../../../src-shared/ipc/window-models.ts';
import { tellError } from '../spoken-error.ts';

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

type Findings = Catalogue['diagnostics']['selfTest']['findings'];
type Finding = Pick<SelfTestStep, 'outcome' | 'detail'>;

/** Looks at all that this machine needs to serve, one thing after the other, and tells each as it is found. */
export async function runSelfTest(options: SelfTestOptions): Promise<SelfTestStep[]> {
  const steps: SelfTestStep[] = [];
  const text = CATALOGUES[options.state().language].diagnostics.selfTest.findings;
  const tell = (step: SelfTestStep): void => {
    steps.push(step);
    options.onStep(step);
  };
  const check = async (name: SelfTestStep['check'], look: () => Promise<Finding> | Finding): Promise<void> => {
    try {
      tell({ check: name, ...(await look()) });
    } catch (error) {
      const { language } = options.state();
      const detail = error instanceof PosternError ? tellError(error, language) : String(error);
      tell({ check: name, outcome: 'failed', detail });
    }
  };
  await options.checkPath?.(({ hop, outcome, detail }) => tell({ check: hop, outcome, detail }));
  await check('engine', () => describeEngine(options.state(), text));
  await check('certificate', () => describeCertificate(options.state(), options.now(), text));
  await check('keyStore', () => checkKeyStore(options, text));
  await check('history', () => checkHistory(options, text));
  await check('disk', () => checkDisk(options.dataFolder, text));
  return steps;
}

function describeEngine({ connector, engine, engineFault, isPaused, language }: AppState, text: Findings): Finding {
  if (connector === null) return { outcome: 'skipped', detail: text.notEnrolled };
  if (isPaused) return { outcome: 'warned', detail: text.paused };
  if (engine === null) {
    return { outcome: 'failed', detail: engineFault === null ? text.silent : text.crashed(engineFault.message) };
  }
  const up = engine.tunnels.filter(({ phase }) => phase === 'connected').length;
  const detail = text.tunnels(up, engine.tunnels.length, engine.applications.length);
  if (engine.problem !== null && up === 0) {
    return { outcome: 'failed', detail: sayProblem(engine.problem, language).message };
  }
  const rejected = engine.rejectedApplications[0];
  if (rejected !== undefined) return { outcome: 'warned', detail: `${rejected.displayName}: ${rejected.reason}` };
  if (up < engine.tunnels.length) {
    const problem = engine.problem === null ? '' : sayProblem(engine.problem, language).message;
    return { outcome: 'warned', detail: `${detail}. ${problem}`.trim() };
  }
  if (engineFault !== null) return { outcome: 'warned', detail: text.crashedBefore(detail, engineFault.message) };
  return { outcome: 'passed', detail };
}

function describeCertificate({ connector, language }: AppState, nowMs: number, text: Findings): Finding {
  if (connector === null) return { outcome: 'skipped', detail: text.notEnrolled };
  const days = Math.floor((connector.certificateExpiryMs - nowMs) / DAY_MS);
  const format = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium' });
  const date = format.format(connector.certificateExpiryMs);
  if (days < 0) return { outcome: 'failed', detail: text.expired(date) };
  return { outcome: days < CERTIFICATE_DAYS ? 'warned' : 'passed', detail: text.validUntil(date, days) };
}

async function checkKeyStore({ probeKeyStore }: SelfTestOptions, text: Findings): Promise<Finding> {
  if (probeKeyStore === null) return { outcome: 'warned', detail: text.noKeyStore };
  await probeKeyStore();
  return { outcome: 'passed', detail: text.keyStoreWorks };
}

async function checkHistory({ probeHistory, state }: SelfTestOptions, text: Findings): Promise<Finding> {
  const { trafficHistory } = state();
  if (trafficHistory.kind === 'failing') return { outcome: 'failed', detail: trafficHistory.reason };
  const rows = await probeHistory();
  if (trafficHistory.kind === 'setAside') {
    return { outcome: 'warned', detail: text.historyDamaged(trafficHistory.reason) };
  }
  return { outcome: 'passed', detail: rows === 0 ? text.historyEmpty : text.historyWorks };
}

async function checkDisk(folder: string, text: Findings): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = text.free(free < GIB ? `${Math.floor(free / MIB)} MiB` : `${(free / GIB).toFixed(1)} GiB`);
  if (free < LITTLE_DISK_BYTES) return { outcome: 'failed', detail };
  return { outcome: free < SOME_DISK_BYTES ? 'warned' : 'passed', detail };
}
