import { Worker } from 'node:worker_threads';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type {
  ExportProgress,
  TrafficFigures,
  TrafficHistoryState,
  TrafficPage,
} from '../../../src-shared/connector/traffic-history.ts';
import { NO_FILTER } from '../../../src-shared/connector/traffic-filter.ts';
import type { PackedTraffic } from '../../../src-shared/connector/packed-traffic.ts';
import type { TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import type { EngineLog } from '../../connector/engine-runtime.ts';
import type { HistoryLimits } from './history-limits.ts';
import type {
  HistoryAnswers,
  HistoryCommand,
  HistoryEvent,
  HistoryQuery,
  HistoryWorkerData,
} from './history-messages.ts';
import type { ExportQuery } from './write-export.ts';
import type { PageQuery } from './history-store.ts';
import type { FiguresQuery } from './read-figures.ts';

/** How long records are gathered for one transaction. */
const BATCH_INTERVAL_MS = 1000;
/** Records that wait for the disk (docs/limits.md); beyond it the oldest are given up, and that is told. */
const MAX_WAITING_RECORDS = 50_000;
const MAX_WAITING_HEADS = 2000;

export interface TrafficHistoryOptions {
  /** `history-worker.ts`, or what it was bundled to. */
  readonly workerUrl: URL;
  readonly file: string;
  readonly limits: HistoryLimits;
  readonly log: EngineLog;
  readonly onExportProgress: (progress: ExportProgress) => void;
  readonly onState: (state: TrafficHistoryState) => void;
}

interface Waiting {
  readonly resolve: (value: HistoryAnswers[keyof HistoryAnswers]) => void;
  readonly reject: (error: PosternError) => void;
}

/**
 * The history of traffic on disk, kept by a thread of its own so that neither window nor engine wait for a disk. At most
 * one batch is on its way to the thread; what comes meanwhile waits here, within a bound.
 */
export class TrafficHistory {
  readonly #options: TrafficHistoryOptions;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #queries = new Map<number, Waiting>();
  #hasEnded = false;
  #nextQuery = 1;
  #waiting: PackedTraffic[] = [];
  #waitingRecords = 0;
  #heads: TrafficHeads[] = [];
  #givenUp = 0;
  #isBatchUnderWay = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: TrafficHistoryOptions) {
    this.#options = options;
    const workerData: HistoryWorkerData = { file: options.file, limits: options.limits };
    const worker = new Worker(options.workerUrl, { workerData, name: 'postern-traffic-history' });
    this.#worker = worker;
    worker.on('message', (event: HistoryEvent) => this.#onEvent(event));
    worker.on('error', (error) => this.#fail(error instanceof Error ? error.message : String(error)));
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#hasEnded = true;
        this.#refuseAll('The history is closed.');
        resolve();
      });
    });
  }

  /** Takes records for the next transaction. One that comes again under its sequence takes the place of the earlier. */
  add(batch: PackedTraffic): void {
    this.#waiting.push(batch);
    this.#waitingRecords += batch.count;
    while (this.#waitingRecords > MAX_WAITING_RECORDS) {
      const count = this.#waiting.shift()?.count ?? 0;
      this.#waitingRecords -= count;
      this.#givenUp += count;
    }
    this.#timer ??= setTimeout(() => this.#onTimer(), BATCH_INTERVAL_MS);
  }

  /** Takes headers for the next batch. */
  addHeads(heads: readonly TrafficHeads[]): void {
    this.#heads.push(...heads);
    if (this.#heads.length > MAX_WAITING_HEADS) this.#heads = this.#heads.slice(-MAX_WAITING_HEADS);
    this.#timer ??= setTimeout(() => this.#onTimer(), BATCH_INTERVAL_MS);
  }

  /** Reads on into the past, what waits included. @throws PosternError STORE_UNAVAILABLE */
  async readPage(query: PageQuery): Promise<TrafficPage> {
    return this.#ask({ name: 'page', argument: query }) as Promise<TrafficPage>;
  }

  /** @throws PosternError STORE_UNAVAILABLE */
  async readFigures(query: FiguresQuery): Promise<TrafficFigures> {
    return this.#ask({ name: 'figures', argument: query }) as Promise<TrafficFigures>;
  }

  /** The headers of a request; null where they are not kept. @throws PosternError STORE_UNAVAILABLE */
  async readHeads(sequence: number): Promise<TrafficHeads | null> {
    return this.#ask({ name: 'heads', argument: { sequence } }) as Promise<TrafficHeads | null>;
  }

  /** Writes what matches to a file. @returns null where it was cancelled. @throws PosternError STORE_UNAVAILABLE */
  async export(query: ExportQuery): Promise<ExportProgress | null> {
    return this.#ask({ name: 'export', argument: query }) as Promise<ExportProgress | null>;
  }

  /** Other bounds, by which the next clearing up goes. */
  setLimits(limits: HistoryLimits): void {
    this.#send({ kind: 'limits', limits });
  }

  /** Forgets everything, what waits included. */
  clear(): void {
    this.#forgetWaiting();
    this.#send({ kind: 'clear' });
  }

  cancelExport(): void {
    this.#send({ kind: 'cancelExport' });
  }

  /** One request that is kept; null where there is none. @throws PosternError STORE_UNAVAILABLE */
  async find(sequence: number): Promise<TrafficRecord | null> {
    const page = await this.readPage({ beforeSequence: sequence + 1, filter: NO_FILTER, limit: 1 });
    const found = page.records[0];
    return found?.sequence === sequence ? found : null;
  }

  /** The request with an activity id; null where none is kept. @throws PosternError STORE_UNAVAILABLE */
  async findByActivity(activityId: string): Promise<TrafficRecord | null> {
    return this.#ask({ name: 'request', argument: activityId }) as Promise<TrafficRecord | null>;
  }

  /** Writes what waits and ends the thread. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#sendBatch();
    this.#send({ kind: 'close' });
    await this.#ended;
  }

  async #ask(query: HistoryQuery): Promise<HistoryAnswers[keyof HistoryAnswers]> {
    if (this.#hasEnded) throw unavailable('The history is closed.');
    this.#sendBatch();
    const id = this.#nextQuery;
    this.#nextQuery += 1;
    const { promise, resolve, reject } = Promise.withResolvers<HistoryAnswers[keyof HistoryAnswers]>();
    this.#queries.set(id, { resolve, reject });
    this.#send({ kind: 'query', id, query });
    return promise;
  }

  #onTimer(): void {
    this.#timer = null;
    // A disk that is behind gets the next batch when it has answered the last.
    if (!this.#isBatchUnderWay) this.#sendBatch();
  }

  #sendBatch(): void {
    if (this.#waiting.length === 0 && this.#heads.length === 0) return;
    if (this.#givenUp > 0) this.#options.log.warn({ records: this.#givenUp }, 'history.given-up');
    this.#givenUp = 0;
    this.#isBatchUnderWay = true;
    this.#send({ kind: 'add', batches: this.#waiting, heads: this.#heads });
    this.#forgetWaiting();
    this.#heads = [];
  }

  #forgetWaiting(): void {
    this.#waiting = [];
    this.#waitingRecords = 0;
  }

  #send(command: HistoryCommand): void {
    this.#worker.postMessage(command);
  }

  #onEvent(event: HistoryEvent): void {
    switch (event.kind) {
      case 'added':
        this.#isBatchUnderWay = false;
        if (this.#waiting.length > 0 || this.#heads.length > 0)
          this.#timer ??= setTimeout(() => this.#onTimer(), BATCH_INTERVAL_MS);
        break;
      case 'answer':
        this.#queries.get(event.id)?.resolve(event.value);
        this.#queries.delete(event.id);
        break;
      case 'refusal':
        this.#queries.get(event.id)?.reject(unavailable(event.reason));
        this.#queries.delete(event.id);
        break;
      case 'progress':
        this.#options.onExportProgress(event.progress);
        break;
      case 'state':
        if (event.state.kind !== 'ready') this.#options.log.warn(event.state, 'history.trouble');
        this.#options.onState(event.state);
        break;
    }
  }

  #fail(reason: string): void {
    this.#options.log.error({ reason }, 'history.crashed');
    this.#options.onState({ kind: 'failing', reason });
    this.#refuseAll(reason);
  }

  #refuseAll(reason: string): void {
    for (const { reject } of this.#queries.values()) reject(unavailable(reason));
    this.#queries.clear();
  }
}

function unavailable(reason: string): PosternError {
  return new PosternError('STORE_UNAVAILABLE', { message: `The history of traffic failed: ${reason}` });
}
