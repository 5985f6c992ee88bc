import type { Dial } from './dial.ts';
import type { EngineRuntime } from './engine-runtime.ts';
import type { ConnectionOpening } from '../../src-shared/connector/connection-opening.ts';
import { failingHop } from '../../src-shared/errors/failing-hop.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import type { TrafficRecord, TrafficTiming } from '../../src-shared/connector/traffic-record.ts';
import type { TrafficHeads } from '../../src-shared/connector/traffic-heads.ts';
import { redactHeaders } from '../../src-shared/connector/redact-headers.ts';
import { redactUrl } from '../../src-shared/connector/redact-url.ts';

/** Bounds of the log of traffic; docs/limits.md says what they cost. */
export interface TrafficRecorderLimits {
  /** How long changes are gathered before listeners hear of them. */
  readonly batchDelayMs: number;
  /** With so many they are told at once. */
  readonly maxBatchRecords: number;
  /** Requests of one second whose headers are kept, where somebody keeps them. */
  readonly maxHeadsPerSecond: number;
}

export const DEFAULT_TRAFFIC_RECORDER_LIMITS: TrafficRecorderLimits = {
  batchDelayMs: 50,
  maxBatchRecords: 10_000,
  maxHeadsPerSecond: 100,
};

/** The wall clock says when a request began, the other one how long it took. */
export type TrafficClock = Pick<EngineRuntime, 'now' | 'monotonicMs'>;

export type TrafficListener = (batch: readonly TrafficRecord[]) => void;
export type HeadsListener = (batch: readonly TrafficHeads[]) => void;
/** `name, value, …` */
export type FlatHeaders = readonly (string | Uint8Array)[];

/** What is known of a request when it arrives. */
export type TrafficSeed = Pick<
  TrafficRecord,
  'activityId' | 'applicationId' | 'applicationName' | 'userId' | 'userName' | 'method' | 'isUpgrade'
> & {
  /** The internal URL, secrets and all. */
  readonly url: string;
};

/** A request under way: its owner tells what happens, the recorder what listeners see of it. */
export class TrafficEntry {
  requestBytes = 0;
  responseBytes = 0;
  /** Whether it waits for the next batch, and whether its end was told; the recorder's to say. */
  isChanged = false;
  isEndTold = false;
  /** Its bodies are looked at, and its headers with them, however many others there are. */
  isCaptured = false;
  readonly #recorder: TrafficRecorder;
  readonly #sequence: number;
  readonly #startedAtMs: number;
  readonly #beganAtMs: number;
  readonly #seed: TrafficSeed;
  #url: string | null = null;
  #status: number | null = null;
  #sentMs: number | null = null;
  #connection: TrafficRecord['connection'] = null;
  #firstByteMs: number | null = null;
  #totalMs: number | null = null;
  #outcome: TrafficRecord['outcome'] = 'open';
  #errorCode: ErrorCode | null = null;
  #errorCause: string | null = null;

  constructor(recorder: TrafficRecorder, sequence: number, seed: TrafficSeed) {
    this.#recorder = recorder;
    this.#sequence = sequence;
    this.#seed = seed;
    this.#startedAtMs = recorder.clock.now();
    this.#beganAtMs = recorder.clock.monotonicMs();
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** The request is being written to a connection of the backend. @param dial how that was opened; null where it stood already */
  sent(dial: Dial | null): void {
    this.#sentMs = this.#elapsedMs();
    this.#connection = dial === null ? 'reused' : this.#openingOf(dial);
  }

  /** The connection that it waited for could not be opened. */
  notConnected(dial: Dial): void {
    this.#connection = this.#openingOf(dial);
  }

  /** Whether a connection to the backend took the request. */
  get isSent(): boolean {
    return this.#sentMs !== null;
  }

  get hasEnded(): boolean {
    return this.#outcome !== 'open';
  }

  get isAnswered(): boolean {
    return this.#status !== null;
  }

  /** The final response head came. */
  answered(status: number): void {
    this.#status = status;
    this.#firstByteMs = this.#elapsedMs();
    this.#recorder.changed(this);
  }

  /** What its headers were: of the request as the backend gets it, of the response as the user does. */
  keepHeads(request: FlatHeaders, response: FlatHeaders | null): void {
    this.#recorder.keepHeads(this, request, response);
  }

  /** The last byte went. */
  completed(): void {
    this.#end('complete', null, null);
  }

  failed(code: ErrorCode, cause: string): void {
    this.#end('failed', code, cause);
  }

  /** The user went away. */
  cancelled(): void {
    this.#end('cancelled', null, null);
  }

  /** The record as it stands. */
  snapshot(): TrafficRecord {
    const seed = this.#seed;
    this.#url ??= redactUrl(seed.url);
    const timing: TrafficTiming = {
      sentMs: this.#sentMs,
      firstByteMs: this.#firstByteMs,
      totalMs: this.#totalMs,
    };
    // Spelt out: a spread of the rest costs more than all else here.
    return {
      activityId: seed.activityId,
      applicationId: seed.applicationId,
      applicationName: seed.applicationName,
      userId: seed.userId,
      userName: seed.userName,
      method: seed.method,
      isUpgrade: seed.isUpgrade,
      sequence: this.#sequence,
      startedAtMs: this.#startedAtMs,
      url: this.#url,
      status: this.#status,
      requestBytes: this.requestBytes,
      responseBytes: this.responseBytes,
      timing,
      connection: this.#connection,
      outcome: this.#outcome,
      errorCode: this.#errorCode,
      errorHop: this.#errorCode === null ? null : failingHop(this.#errorCode),
      errorCause: this.#errorCause,
    };
  }

  #end(outcome: TrafficRecord['outcome'], code: ErrorCode | null, cause: string | null): void {
    if (this.#outcome !== 'open') return;
    this.#outcome = outcome;
    this.#errorCode = code;
    this.#errorCause = cause;
    this.#totalMs = this.#elapsedMs();
    this.#recorder.changed(this);
  }

  /** One that stood before the request came is no opening of its own. */
  #openingOf({ beganAtMs, resolvedAtMs, connectedAtMs, securedAtMs }: Dial): 'reused' | ConnectionOpening {
    if ((securedAtMs ?? connectedAtMs ?? Infinity) <= this.#beganAtMs) return 'reused';
    const sinceBegin = (atMs: number): number => Math.max(0, this.#sinceBegin(atMs));
    const sinceBeginOrNull = (atMs: number | null): number | null => (atMs === null ? null : sinceBegin(atMs));
    return {
      beganMs: sinceBegin(beganAtMs),
      resolvedMs: sinceBeginOrNull(resolvedAtMs),
      connectedMs: sinceBeginOrNull(connectedAtMs),
      securedMs: sinceBeginOrNull(securedAtMs),
    };
  }

  /** Of a clock that nobody sets. */
  #elapsedMs(): number {
    return this.#sinceBegin(this.#recorder.clock.monotonicMs());
  }

  /** To the hundredth. */
  #sinceBegin(atMs: number): number {
    return Math.round((atMs - this.#beganAtMs) * 100) / 100;
  }
}

/**
 * Tells listeners of requests in batches. One that begins and ends within one batch is told once; one that stays open is told
 * again, under the same `sequence`, as it goes on, and its end once. Keeps none that is over: what outlives its request by more than a batch
 * is what makes collecting garbage dear.
 */
export class TrafficRecorder {
  readonly clock: TrafficClock;
  readonly #limits: TrafficRecorderLimits;
  readonly #listeners = new Set<TrafficListener>();
  #changed: TrafficEntry[] = [];
  #timer: NodeJS.Timeout | null = null;
  #headsListener: HeadsListener | null = null;
  #heads: TrafficHeads[] = [];
  #headsSecond = 0;
  #headsInSecond = 0;
  #nextSequence: number;

  constructor(limits: TrafficRecorderLimits, clock: TrafficClock) {
    this.#limits = limits;
    this.clock = clock;
    // By the clock, so that engines that run one after the other don't share sequences: there is room for 1,000 a ms.
    this.#nextSequence = Math.floor(clock.now()) * 1000 + 1;
  }

  begin(seed: TrafficSeed): TrafficEntry {
    const entry = new TrafficEntry(this, this.#nextSequence, seed);
    this.#nextSequence += 1;
    this.changed(entry);
    return entry;
  }

  /** Calls `listener` with each batch. @returns what ends that. */
  onTraffic(listener: TrafficListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Calls the one `listener` with headers, cleared of secrets, along with the batches. Without one none are looked at. */
  onHeads(listener: HeadsListener): void {
    this.#headsListener = listener;
  }

  /** Within a bound, so that a burst is not held up. */
  keepHeads({ sequence, isCaptured }: TrafficEntry, request: FlatHeaders, response: FlatHeaders | null): void {
    if (this.#headsListener === null) return;
    const second = Math.floor(this.clock.now() / 1000);
    if (second !== this.#headsSecond) {
      this.#headsSecond = second;
      this.#headsInSecond = 0;
    }
    this.#headsInSecond += 1;
    if (this.#headsInSecond > this.#limits.maxHeadsPerSecond && !isCaptured) return;
    this.#heads.push({
      sequence,
      request: redactHeaders(request),
      response: response === null ? null : redactHeaders(response),
    });
  }

  /** An entry has news for the next batch. */
  changed(entry: TrafficEntry): void {
    if (this.#listeners.size === 0) return;
    if (entry.isChanged || entry.isEndTold) return;
    entry.isChanged = true;
    this.#changed.push(entry);
    // A flood of requests must not fill the list for a whole delay.
    if (this.#changed.length >= this.#limits.maxBatchRecords) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#limits.batchDelayMs);
  }

  /** Tells listeners now what they have not heard. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#changed.length === 0) return;
    const batch = this.#changed.map((entry) => {
      entry.isChanged = false;
      entry.isEndTold = entry.hasEnded;
      return entry.snapshot();
    });
    this.#changed = [];
    for (const listener of this.#listeners) listener(batch);
    if (this.#heads.length === 0) return;
    const heads = this.#heads;
    this.#heads = [];
    this.#headsListener?.(heads);
  }
}
