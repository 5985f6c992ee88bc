import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { ExportProgress, TrafficHistoryState } from '../../../src-shared/connector/traffic-history.ts';
import { reasonOf } from '../../../src-shared/errors/reason-of.ts';
import { isDamage, openHistoryDatabase, setHistoryAside } from './history-database.ts';
import type {
  HistoryAnswers,
  HistoryCommand,
  HistoryEvent,
  HistoryQuery,
  HistoryWorkerData,
} from './history-messages.ts';
import { HistoryStore } from './history-store.ts';
import { SteadyClock } from './steady-clock.ts';
import { type ExportQuery, writeExport } from './write-export.ts';
import { readFigures } from './read-figures.ts';

/** The entry of the thread that keeps the traffic's history; `TrafficHistory` is its other end. */

const PRUNE_INTERVAL_MS = 10_000;
/** Between two steps of clearing up, so that what comes in gets its turn. */
const PRUNE_PAUSE_MS = 20;

if (parentPort === null)
  throw new Error('history-worker is the entry of a worker thread; start it with TrafficHistory.');
const port = parentPort;
const { file, limits: firstLimits } = workerData as HistoryWorkerData;

let limits = firstLimits;

let open: { readonly database: DatabaseSync; readonly store: HistoryStore } | null = null;
let failure: string | null = null;
let pruneTimer: NodeJS.Timeout;
let exporting: AbortController | null = null;
const clock = new SteadyClock(Date.now(), performance.now());

const post = (event: HistoryEvent): void => port.postMessage(event);
const tell = (state: TrafficHistoryState): void => post({ kind: 'state', state });

/** Runs something on the open store. A damaged file is set aside and the same tried once on a new one. */
function withStore<Value>(act: (store: HistoryStore) => Value): Value {
  try {
    return attempt(act);
  } catch (error) {
    if (!isDamage(error)) throw error;
    closeDatabase();
    const aside = setHistoryAside(file);
    const value = attempt(act);
    tell({ kind: 'setAside', file: aside, reason: reasonOf(error) });
    return value;
  }
}

function attempt<Value>(act: (store: HistoryStore) => Value): Value {
  if (open === null) {
    const database = openHistoryDatabase(file);
    try {
      open = { database, store: new HistoryStore(database, limits) };
    } catch (error) {
      database.close();
      throw error;
    }
  }
  return act(open.store);
}

/** As `withStore`, for what nobody waits for: what fails is told once, and so is that it goes well again. */
function keep(act: (store: HistoryStore) => void): void {
  try {
    withStore(act);
    if (failure !== null) tell({ kind: 'ready' });
    failure = null;
  } catch (error) {
    const reason = reasonOf(error);
    if (failure !== reason) tell({ kind: 'failing', reason });
    failure = reason;
  }
}

async function answer({ name, argument }: HistoryQuery): Promise<HistoryAnswers[keyof HistoryAnswers]> {
  switch (name) {
    case 'request':
      return withStore((store) => store.findByActivity(argument));
    case 'page':
      return withStore((store) => store.readPage(argument));
    case 'figures':
      return withStore((store) => readFigures(store, argument));
    case 'heads':
      return withStore((store) => store.readHeads(argument.sequence));
    case 'export':
      return exportTraffic(argument);
  }
}

/** One at a time: another takes the place of the one that runs. */
async function exportTraffic(query: ExportQuery): Promise<ExportProgress | null> {
  exporting?.abort();
  const own = new AbortController();
  exporting = own;
  const source = {
    count: () => withStore((store) => store.countRecords()),
    readHeads: (sequence: number) => withStore((store) => store.readHeads(sequence)),
    readAfter: (sequence: number, rows: number) => withStore((store) => store.readAfter(sequence, rows)),
  };
  try {
    return await writeExport(source, query, own.signal, (progress) => post({ kind: 'progress', progress }));
  } catch (error) {
    if (own.signal.aborted) return null;
    throw error;
  } finally {
    if (exporting === own) exporting = null;
  }
}

/** @param nowMs by which what is too old goes; null where that is not sure */
function prune(nowMs: number | null): void {
  let isMore = false;
  keep((store) => {
    isMore = store.prune(nowMs);
  });
  const again = (): void => prune(clock.read(Date.now(), performance.now()));
  pruneTimer = setTimeout(again, isMore ? PRUNE_PAUSE_MS : PRUNE_INTERVAL_MS);
}

function closeDatabase(): void {
  open?.database.close();
  open = null;
}

port.on('message', (command: HistoryCommand) => {
  switch (command.kind) {
    case 'add':
      keep((store) => store.add(command.batches, command.heads));
      post({ kind: 'added' });
      break;
    case 'query':
      void answer(command.query).then(
        (value) => post({ kind: 'answer', id: command.id, value }),
        (error: unknown) => post({ kind: 'refusal', id: command.id, reason: reasonOf(error) }),
      );
      break;
    case 'cancelExport':
      exporting?.abort();
      break;
    case 'limits':
      ({ limits } = command);
      keep((store) => store.setLimits(command.limits));
      clearTimeout(pruneTimer);
      // A person wants it now.
      prune(Date.now());
      break;
    case 'clear':
      exporting?.abort();
      keep((store) => store.clear());
      break;
    case 'close':
      exporting?.abort();
      clearTimeout(pruneTimer);
      closeDatabase();
      port.close();
      break;
  }
});

prune(null);
