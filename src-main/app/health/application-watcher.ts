import type { EngineApplication } from '../../../src-shared/connector/engine-state.ts';
import {
  type ApplicationWatch,
  type ApplicationWatchSummary,
  LISTED_APPLICATIONS,
} from '../../../src-shared/connector/application-watch.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import type { Hop } from '../../../src-shared/errors/failing-hop.ts';

/** One failure may be that of its request alone. */
const FAILURES_IN_ROW = 2;
/** Hops that say something of the application, not of the user or of a rule. */
const HOPS_OF_APPLICATION: ReadonlySet<Hop> = new Set(['dns', 'connect', 'tls', 'backend']);
/** What a server in front of an application answers when it does not reach it; 500 may be one page's own fault. */
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

type Finding = Pick<ApplicationWatch, 'hop' | 'code' | 'cause'>;

interface Watched {
  status: 'ok' | 'failing';
  sinceMs: number;
  failuresInRow: number;
  firstFailureMs: number;
  finding: Finding;
}

/** 2 before 10. */
const BY_NAME = new Intl.Collator(undefined, { numeric: true });

const FINE: Finding = { hop: null, code: null, cause: null };

/** Reads from the requests that pass how each application does. Knows no time but that of the requests. */
export class ApplicationWatcher {
  readonly #watched = new Map<string, Watched>();
  #applications: readonly EngineApplication[] = [];
  #summary: ApplicationWatchSummary | null = null;

  /** Those that this connector serves; what is known of others is forgotten. */
  useApplications(applications: readonly EngineApplication[]): void {
    if (applications === this.#applications) return;
    this.#applications = applications;
    const ids = new Set(applications.map(({ id }) => id));
    for (const id of this.#watched.keys()) if (!ids.has(id)) this.#watched.delete(id);
    this.#summary = null;
  }

  /** No requests arrive any more: what was seen says nothing of how the applications do now. */
  forget(): void {
    if (this.#watched.size === 0) return;
    this.#watched.clear();
    this.#summary = null;
  }

  add(records: readonly TrafficRecord[]): void {
    for (const record of records) this.#add(record);
  }

  get summary(): ApplicationWatchSummary {
    this.#summary ??= this.#summarise();
    return this.#summary;
  }

  /** How many there are. */
  get size(): number {
    return this.#applications.length;
  }

  /** Null where this connector does not serve it. */
  find(id: string): ApplicationWatch | null {
    const application = this.#applications.find((each) => each.id === id);
    return application === undefined ? null : this.#describe(application);
  }

  #add(record: TrafficRecord): void {
    const finding = findTrouble(record);
    if (finding === null) return;
    const watched = this.#watched.get(record.applicationId);
    const atMs = record.startedAtMs + (record.timing.totalMs ?? record.timing.firstByteMs ?? 0);
    if (finding === FINE) {
      if (watched?.status === 'ok') watched.failuresInRow = 0;
      else this.#change(record.applicationId, { status: 'ok', sinceMs: atMs, finding });
      return;
    }
    if (watched === undefined) {
      // Where no answer ever came, nothing speaks for the application.
      this.#change(record.applicationId, { status: 'failing', sinceMs: atMs, finding });
    } else if (watched.status === 'failing') {
      if (watched.finding.code !== finding.code) this.#summary = null;
      watched.finding = finding;
    } else {
      if (watched.failuresInRow === 0) watched.firstFailureMs = atMs;
      watched.failuresInRow += 1;
      if (watched.failuresInRow < FAILURES_IN_ROW) return;
      this.#change(record.applicationId, { status: 'failing', sinceMs: watched.firstFailureMs, finding });
    }
  }

  #change(id: string, change: Pick<Watched, 'status' | 'sinceMs' | 'finding'>): void {
    // A request of an application that was taken from this connector may still be on its way.
    if (!this.#applications.some((application) => application.id === id)) return;
    this.#watched.set(id, { ...change, failuresInRow: 0, firstFailureMs: change.sinceMs });
    this.#summary = null;
  }

  #summarise(): ApplicationWatchSummary {
    const counts = { ok: 0, failing: 0, unknown: 0 };
    const all = this.#applications.map((application) => this.#describe(application));
    for (const { status } of all) counts[status] += 1;
    all.sort((one, other) => rank(one) - rank(other) || BY_NAME.compare(one.displayName, other.displayName));
    return { ...counts, listed: all.slice(0, LISTED_APPLICATIONS) };
  }

  #describe({ id, displayName }: EngineApplication): ApplicationWatch {
    const { status = 'unknown', sinceMs = null, finding = FINE } = this.#watched.get(id) ?? {};
    return { id, displayName, status, sinceMs, ...finding };
  }
}

function rank({ status }: ApplicationWatch): number {
  return status === 'failing' ? 0 : 1;
}

/** What a request says of its application: null for nothing. */
function findTrouble({ outcome, status, errorHop, errorCode, errorCause }: TrafficRecord): Finding | null {
  if (outcome === 'failed') {
    if (errorHop === null || !HOPS_OF_APPLICATION.has(errorHop)) return null;
    return { hop: errorHop, code: errorCode, cause: errorCause };
  }
  if (status === null) return null;
  if (outcome === 'open' && status >= 500) return null;
  return GATEWAY_STATUSES.has(status) ? { hop: 'backend', code: null, cause: `HTTP ${status}` } : FINE;
}
