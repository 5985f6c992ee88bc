import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import type { Mux } from '../../src-shared/mux/mux.ts';
import { encodeCanaryHead } from '../../src-shared/wire/canary.ts';
import { writeUint32 } from '../../src-shared/wire/frame.ts';
import { decodeResponseHead } from '../../src-shared/wire/head.ts';
import type { RelayTimes } from './relay-limits.ts';

/** Canaries in a row without an answer after which a tunnel is replaced. */
const MAX_MISSES = 2;
/** A gap between two ticks that is this many times the tick itself says that this process stood still. */
const OVERSLEPT_FACTOR = 3;
/** Weight of the newest answer in the average. */
const NEWEST_WEIGHT = 0.3;
/** The part of an interval that chance may take off, so that tunnels which came together don't stay together. */
const JITTER = 0.2;
/** Octets received since the canary went out, or still unsent, above which the tunnel counts as busy. */
const BUSY_BYTES = 65_536;
const CANARY_OCTETS = 8;
const STATUS_OK = 200;

export interface TunnelCanaryOptions {
  readonly mux: Pick<Mux, 'open' | 'canOpen' | 'now'>;
  readonly times: Pick<RelayTimes, 'tickMs' | 'canaryIntervalMs' | 'canaryAnswerMs' | 'canaryBusyAnswerMs'>;
  /** 0 to 1. */
  readonly random: () => number;
  /** Octets that the tunnel has received so far, and those that it has not sent yet. */
  readonly traffic: () => { readonly receivedBytes: number; readonly unsentBytes: number };
}

/**
 * Probes a tunnel end to end (docs/tunnel-protocol.md, "Canary"): opens a stream that the connector's forwarder answers
 * itself. The time of the answers weighs the tunnel for the picker; two in a row that fail to come condemn it.
 */
export class TunnelCanary {
  readonly #options: TunnelCanaryOptions;
  #probe: Probe | null = null;
  #sequence = 0;
  #misses = 0;
  #averageMs: number | null = null;
  #dueAtMs: number;
  #tickedAtMs: number;

  constructor(options: TunnelCanaryOptions) {
    this.#options = options;
    this.#tickedAtMs = options.mux.now();
    this.#dueAtMs = this.#tickedAtMs;
  }

  /** Moving average of the time to an answer, ms; null before the first. */
  get averageMs(): number | null {
    return this.#averageMs;
  }

  /** What the picker reckons with, ms: the longest time of an answer while one is missed or none came yet. */
  get delayMs(): number {
    return this.#averageMs === null || this.#misses > 0 ? this.#options.times.canaryAnswerMs : this.#averageMs;
  }

  /** Whether a canary is under way, which is a stream of the tunnel but no request. */
  get isUnderWay(): boolean {
    return this.#probe !== null;
  }

  /** Looks once: sends a canary where one is due. @returns false when the tunnel has to be replaced. */
  tick(): boolean {
    const { mux, times } = this.#options;
    const nowMs = mux.now();
    const isOverslept = nowMs - this.#tickedAtMs > times.tickMs * OVERSLEPT_FACTOR;
    this.#tickedAtMs = nowMs;
    const probe = this.#probe;
    if (probe === null) {
      if (nowMs >= this.#dueAtMs) this.send();
      return this.#misses < MAX_MISSES;
    }
    if (isOverslept) probe.countFromMs = nowMs;
    const limitMs = this.#isBusySince(probe) ? times.canaryBusyAnswerMs : times.canaryAnswerMs;
    if (nowMs - probe.countFromMs < limitMs) return true;
    probe.giveUp();
    this.#probe = null;
    this.#misses += 1;
    if (this.#misses >= MAX_MISSES) return false;
    this.send();
    return true;
  }

  /** Sends one now, where the tunnel takes streams. */
  send(): void {
    const { mux, times, random, traffic } = this.#options;
    const nowMs = mux.now();
    this.#dueAtMs = nowMs + times.canaryIntervalMs * (1 - JITTER * random());
    if (this.#probe !== null || !mux.canOpen) return;
    this.#sequence += 1;
    const octets = new Uint8Array(CANARY_OCTETS);
    writeUint32(octets, CANARY_OCTETS - 4, this.#sequence);
    const probe = new Probe(octets, nowMs, traffic().receivedBytes, (isAnswered) => this.#onDone(probe, isAnswered));
    this.#probe = probe;
    probe.begin(mux);
  }

  /** Sends no more and forgets the one under way: the tunnel is being emptied. */
  stop(): void {
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.#probe?.giveUp();
    this.#probe = null;
  }

  #isBusySince(probe: Probe): boolean {
    const { receivedBytes, unsentBytes } = this.#options.traffic();
    return receivedBytes - probe.receivedBytesBefore > BUSY_BYTES || unsentBytes > BUSY_BYTES;
  }

  #onDone(probe: Probe, isAnswered: boolean): void {
    if (this.#probe !== probe) return;
    this.#probe = null;
    const { mux, times } = this.#options;
    const nowMs = mux.now();
    if (!isAnswered) {
      this.#misses += 1;
      // A connector that refuses at once is given the time of an answer before it is asked again.
      this.#dueAtMs = nowMs + times.canaryAnswerMs;
      return;
    }
    this.#misses = 0;
    const tookMs = nowMs - probe.sentAtMs;
    this.#averageMs = this.#averageMs === null ? tookMs : this.#averageMs + NEWEST_WEIGHT * (tookMs - this.#averageMs);
  }
}

/** One canary on its way. */
class Probe implements StreamHandler {
  readonly sentAtMs: number;
  readonly receivedBytesBefore: number;
  countFromMs: number;
  readonly #octets: Uint8Array;
  readonly #onDone: (isAnswered: boolean) => void;
  readonly #received: number[] = [];
  #stream: MuxStream | null = null;
  #isOk = false;

  constructor(
    octets: Uint8Array,
    sentAtMs: number,
    receivedBytesBefore: number,
    onDone: (isAnswered: boolean) => void,
  ) {
    this.#octets = octets;
    this.sentAtMs = sentAtMs;
    this.countFromMs = sentAtMs;
    this.receivedBytesBefore = receivedBytesBefore;
    this.#onDone = onDone;
  }

  begin(mux: Pick<Mux, 'open'>): void {
    this.#stream = mux.open(encodeCanaryHead(), false, () => this);
    this.#stream.write(this.#octets);
    this.#stream.end();
  }

  giveUp(): void {
    this.#stream?.reset('STREAM_CANCELLED', 'The canary was not answered in time.');
  }

  onHead(block: Uint8Array, isInformational: boolean): void {
    if (!isInformational) this.#isOk = decodeResponseHead(block).status === STATUS_OK;
  }

  onTaken(): void {
    // The answer is what counts.
  }

  onData(chunk: Uint8Array): void {
    this.#stream?.consumed(chunk.length);
    if (this.#received.length <= this.#octets.length) this.#received.push(...chunk.subarray(0, CANARY_OCTETS + 1));
  }

  onEnd(): void {
    const isWhole = this.#received.length === this.#octets.length;
    this.#onDone(this.#isOk && isWhole && this.#octets.every((octet, index) => octet === this.#received[index]));
  }

  onReset(code: WireErrorCode): void {
    // With the tunnel gone, or refusing because it drains, nothing is learnt about the forwarder.
    if (!code.startsWith('TUNNEL_')) this.#onDone(false);
  }

  onWritable(): void {
    // Its few octets are queued as a whole.
  }
}
