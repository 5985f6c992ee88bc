import type { ApplicationWatch } from '../../../src-shared/connector/application-watch.ts';
import type { PackedRows } from '../../../src-shared/connector/packed-rows.ts';
import type { AppState } from '../../../src-shared/ipc/app-state.ts';
import type { AppStateStore } from '../app-state-store.ts';
import { ApplicationWatcher } from './application-watcher.ts';
import { findTellingRecords } from './find-telling-records.ts';
import type { HealthNotice } from './health-notice.ts';
import { makeSteadyLevel, MEMORY_MS, step, type SteadyLevel, type SteadyOptions } from './steady-level.ts';

/**
 * A tunnel that dials again, or a connector that was just started, is no news; nor is the first of its tunnels that stands again,
 * which the others follow within the longest wait between two dials.
 */
const CONNECTOR_HOLD: SteadyOptions = { worseHoldMs: 15_000, partlyBetterHoldMs: 45_000, bestHoldMs: 3000 };
const APPLICATION_HOLD: SteadyOptions = { worseHoldMs: 5000, partlyBetterHoldMs: 5000, bestHoldMs: 5000 };
const TICK_MS = 1000;
/** Applications that are told of one by one; of more at once their number is told. */
const MAX_SINGLE_NOTICES = 3;
const OK = 0;
const FAILING = 1;
const CONNECTOR_LEVELS = { ok: 0, degraded: 1, offline: 2 } as const;

export interface HealthMonitorOptions {
  readonly state: AppStateStore;
  readonly notify: (notice: HealthNotice) => void;
}

/** Keeps the health of the applications in the app's state, and tells of changes that last. */
export class HealthMonitor {
  readonly #options: HealthMonitorOptions;
  readonly #watcher = new ApplicationWatcher();
  readonly #levels = new Map<string, SteadyLevel>();
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #connector: SteadyLevel | null = null;
  /** Whose applications are watched. */
  #connectorId: string | null = null;

  constructor(options: HealthMonitorOptions) {
    this.#options = options;
    this.#unsubscribe = options.state.onChange((state) => this.#follow(state));
    this.#follow(options.state.current);
    this.#timer = setInterval(() => this.tick(), TICK_MS);
  }

  addTraffic(rows: PackedRows): void {
    this.#watcher.add(findTellingRecords(rows));
  }

  /** Once a second: shows what has changed, and tells what has lasted. */
  tick(): void {
    const { state } = this.#options;
    const { summary } = this.#watcher;
    if (state.current.applicationWatch !== summary) state.set({ applicationWatch: summary });
    // The wall clock may be set back a day, and would hold back for a day what is to be told.
    const nowMs = performance.now();
    const isConnected = this.#lookAtConnector(state.current, nowMs);
    // While this machine reaches nobody, nobody's request says anything new.
    if (isConnected) this.#lookAtApplications(summary.listed, nowMs);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
  }

  #follow({ connector, engine }: AppState): void {
    const connectorId = connector?.connectorId ?? null;
    if (connectorId !== this.#connectorId) {
      this.#connectorId = connectorId;
      this.#watcher.useApplications([]);
    }
    // An engine that has just begun does not know yet what it serves: what the one before it served stays.
    if (engine === null || engine.configurationVersion === null) this.#watcher.forget();
    else this.#watcher.useApplications(engine.applications);
  }

  /** @returns whether requests arrive here */
  #lookAtConnector({ connector, engine, isPaused }: AppState, nowMs: number): boolean {
    // What a person has stopped is no news to them.
    if (connector === null || isPaused || engine?.health === 'stopped') {
      this.#connector = null;
      return false;
    }
    const seen = CONNECTOR_LEVELS[engine?.health ?? 'offline'];
    const before = this.#connector ?? makeSteadyLevel(OK, nowMs);
    this.#connector = step(before, seen, nowMs, CONNECTOR_HOLD);
    const { level } = this.#connector;
    if (level !== before.level) {
      const kind =
        level === OK ? 'connected' : level === CONNECTOR_LEVELS.degraded ? 'partlyConnected' : 'disconnected';
      this.#options.notify({
        kind,
        problem: engine?.problem ?? null,
        applications: this.#watcher.size,
      });
    }
    return seen !== CONNECTOR_LEVELS.offline;
  }

  #lookAtApplications(listed: readonly ApplicationWatch[], nowMs: number): void {
    const changed: ApplicationWatch[] = [];
    const failingIds = listed.filter(({ status }) => status === 'failing').map(({ id }) => id);
    for (const id of new Set([...failingIds, ...this.#levels.keys()])) {
      const application = this.#watcher.find(id);
      if (application === null) {
        this.#levels.delete(id);
        continue;
      }
      // After a pause or a restart nobody has asked yet: that is no sign of health.
      if (application.status === 'unknown') continue;
      const before = this.#levels.get(id) ?? makeSteadyLevel(OK, nowMs);
      const after = step(before, application.status === 'failing' ? FAILING : OK, nowMs, APPLICATION_HOLD);
      if (after.level !== before.level) changed.push(application);
      if (isForgettable(after, nowMs)) this.#levels.delete(id);
      else this.#levels.set(id, after);
    }
    const failing = changed.filter(({ status }) => status === 'failing');
    const healed = changed.filter(({ status }) => status !== 'failing');
    this.#tell(failing, 'applicationFails', 'applicationsFail');
    this.#tell(healed, 'applicationWorks', 'applicationsWork');
  }

  #tell(
    applications: readonly ApplicationWatch[],
    one: 'applicationFails' | 'applicationWorks',
    many: 'applicationsFail' | 'applicationsWork',
  ): void {
    const { notify } = this.#options;
    if (applications.length > MAX_SINGLE_NOTICES) notify({ kind: many, count: applications.length });
    else for (const application of applications) notify({ kind: one, application });
  }
}

/** Well, and well for so long that nothing of it matters any more. */
function isForgettable({ level, seen, changesAtMs }: SteadyLevel, nowMs: number): boolean {
  return level === OK && seen === OK && nowMs - (changesAtMs.at(-1) ?? 0) > MEMORY_MS;
}
