import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { TrafficHistoryState } from '../../../src-shared/connector/traffic-history.ts';
import { isDamage, openHistoryDatabase, setHistoryAside } from './history-database.ts';
import type { HistoryCommand, HistoryEvent, HistoryQuery, HistoryWorkerData } from './history-messages.ts';
import { HistoryStore } from './history-store.ts';
import { readFigures } from './read-figures.ts';

/** The entry of the thread that keeps the traffic's history; `TrafficHistory` is its other end. */

const PRUNE_INTERVAL_MS = 10_000;
/** Between two steps of clearing up, so that what comes in gets its turn. */
const PRUNE_PAUSE_MS = 20;

if (parentPort === null)
  throw new Error('history-worker is the entry of a worker thread; start it with TrafficHistory.');
const port = parentPort;
const { file, limits } = workerData as HistoryWorkerData;

let open: { readonly database: DatabaseSync; readonly store: HistoryStore } | null = null;
let failure: string | null = null;
let pruneTimer: NodeJS.Timeout;

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

function answer(store: HistoryStore, { name, argument }: HistoryQuery) {
  switch (name) {
    case 'page':
      return store.readPage(argument);
    case 'figures':
      return readFigures(store, argument);
  }
}

function prune(): void {
  let isMore = false;
  keep((store) => {
    isMore = store.prune(Date.now());
  });
  pruneTimer = setTimeout(prune, isMore ? PRUNE_PAUSE_MS : PRUNE_INTERVAL_MS);
}

function closeDatabase(): void {
  open?.database.close();
  open = null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

port.on('message', (command: HistoryCommand) => {
  switch (command.kind) {
    case 'add':
      keep((store) => store.add(command.records));
      post({ kind: 'added' });
      break;
    case 'query':
      try {
        post({ kind: 'answer', id: command.id, value: withStore((store) => answer(store, command.query)) });
      } catch (error) {
        post({ kind: 'refusal', id: command.id, reason: reasonOf(error) });
      }
      break;
    case 'close':
      clearTimeout(pruneTimer);
      closeDatabase();
      port.close();
      break;
  }
});

prune();
