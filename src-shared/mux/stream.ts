import { PosternError } from '../errors/postern-error.ts';
import type { WireErrorCode } from '../errors/registry.ts';
import { encodeFields } from '../wire/fields.ts';
import { FRAME_FLAGS, FRAME_TYPES, MAX_DATA_BYTES, MAX_INFORMATIONAL_HEADS } from '../wire/frame.ts';
import { grantPayload, resetPayload, violation } from './frame-payloads.ts';
import type { MuxStream, StreamHandler } from './mux-stream.ts';

/** What a stream needs of its tunnel. */
export interface StreamOwner {
  readonly takenWindowBytes: number;
  readonly maxStreamWindowBytes: number;
  /** The shortest of the last round trips, ms: longer ones had stood in a queue, which a larger window only lengthens. */
  readonly roundTripMs: number;
  now(): number;
  /** @param isGiven whether the payload's memory may be freed when it is sent. */
  emit(type: number, flags: number, streamId: number, payload?: Uint8Array, isGiven?: boolean): void;
  /** Marks the frame that was emitted last as the end of the stream; false where that was not this stream's, or has left. */
  endWithLast(streamId: number): boolean;
  /** How many of `bytes` may be sent now, as far as the tunnel is concerned; what is granted counts as sent. */
  takeSendCredit(bytes: number): number;
  /** Whether other streams wait for the tunnel, so that a newcomer has to queue behind them. */
  readonly hasWaiting: boolean;
  /** Puts the stream in the queue of those that have data and credit of their own. */
  wait(stream: Stream): void;
  /** Takes `bytes` out of the growth budget; false when that would leave too little for others. */
  takeGrowth(bytes: number): boolean;
  /** Gives back what `takeGrowth` took. */
  giveGrowth(bytes: number): void;
  /** The stream is over: forget it. */
  finished(stream: Stream): void;
}

/** Half a window read within so many round trips doubles the window. */
const FAST_ROUND_TRIPS = 2;
/** A window from this on must be too small for its way to grow: beyond the bandwidth-delay product it would only queue. */
const LARGE_WINDOW_BYTES = 1_048_576;
const FAST_ROUND_TRIPS_OF_LARGE = 0.75;
/** A window of which half lasts so many round trips, and so long, is far larger than what comes on its stream needs. */
const SLOW_ROUND_TRIPS = 8;
const SLOW_MS = 250;

/** Payload that waits for credit. */
interface Queued {
  chunk: Uint8Array;
  readonly isGiven: boolean;
}

/** Of all streams that have none; never changed. */
const NOTHING_QUEUED: Queued[] = [];

/** One stream: both directions' state and credit. Made by the mux alone; its users see `MuxStream`. */
export class Stream implements MuxStream {
  readonly id: number;
  /** Whether it stands in its tunnel's queue; the tunnel's to say. */
  isWaiting = false;
  readonly #owner: StreamOwner;
  readonly #handler: StreamHandler;

  #sendCredit: number;
  #queue: Queued[] = NOTHING_QUEUED;
  #trailers: readonly string[] | null = null;
  #isWriterWaiting = false;
  #isLocalEnded = false;

  #window: number;
  #receiveCredit: number;
  #consumedBytes = 0;
  #grownBytes = 0;
  #grantedAtMs: number;
  /** Of the grant before: since when, and for how much; null while the window is not large. */
  #before: { readonly sinceMs: number; readonly bytes: number } | null = null;
  #isTaken = false;
  #needsHead: boolean;
  #informationalHeads = 0;
  #isRemoteEnded = false;
  #isOver = false;

  constructor(
    id: number,
    owner: StreamOwner,
    handlerOf: (stream: MuxStream) => StreamHandler,
    sendCredit: number,
    receiveCredit: number,
    needsHead: boolean,
  ) {
    this.id = id;
    this.#owner = owner;
    this.#needsHead = needsHead;
    this.#sendCredit = sendCredit;
    this.#window = receiveCredit;
    this.#receiveCredit = receiveCredit;
    this.#grantedAtMs = owner.now();
    this.#handler = handlerOf(this);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  // What the owner of the stream calls.

  writeHead(block: Uint8Array, options: { isInformational: boolean; endStream: boolean }): void {
    if (this.#isOver) return;
    const flags = (options.isInformational ? FRAME_FLAGS.INFORMATIONAL : 0) | (options.endStream ? FRAME_FLAGS.END : 0);
    this.#owner.emit(FRAME_TYPES.HEAD, flags, this.id, block);
    if (options.endStream) this.#endLocal();
  }

  taken(): void {
    if (this.#isOver || this.#isTaken) return;
    this.#isTaken = true;
    const grant = this.#isRemoteEnded ? 0 : Math.max(0, this.#owner.takenWindowBytes - this.#window);
    this.#window += grant;
    this.#receiveCredit += grant;
    this.#owner.emit(FRAME_TYPES.TAKEN, 0, this.id, grantPayload(grant));
  }

  write(chunk: Uint8Array): boolean {
    return this.#write(chunk, false);
  }

  give(chunk: Uint8Array): boolean {
    return this.#write(chunk, true);
  }

  #write(chunk: Uint8Array, isGiven: boolean): boolean {
    if (this.#isOver || chunk.length === 0) return true;
    if (this.#isLocalEnded || this.#trailers !== null) {
      throw new PosternError('STREAM_INTERNAL', { message: 'Data was written after the end of a stream.' });
    }
    const sent = this.#queue.length > 0 || this.#owner.hasWaiting ? 0 : this.#send(chunk, isGiven, chunk.length);
    if (sent === chunk.length) return true;
    const queued = { chunk: sent === 0 ? chunk : chunk.subarray(sent), isGiven };
    if (this.#queue.length === 0) this.#queue = [queued];
    else this.#queue.push(queued);
    this.#isWriterWaiting = true;
    if (this.#sendCredit > 0) this.#owner.wait(this);
    return false;
  }

  end(trailers: readonly string[] = []): void {
    if (this.#isOver || this.#isLocalEnded || this.#trailers !== null) return;
    this.#trailers = trailers;
    if (this.#queue.length === 0) this.#writeEnd();
  }

  reset(code: WireErrorCode, message: string): void {
    if (this.#isOver) return;
    this.#owner.emit(FRAME_TYPES.RESET, 0, this.id, resetPayload(code, message));
    this.#finish();
  }

  consumed(bytes: number): void {
    if (this.#isOver || this.#isRemoteEnded) return;
    this.#consumedBytes += bytes;
    if (this.#consumedBytes * 2 < this.#window && !(this.#grownBytes > 0 && this.#isSlow())) return;
    const grant = this.#consumedBytes + this.#resize(this.#consumedBytes);
    this.#consumedBytes = 0;
    if (grant === 0) return;
    this.#receiveCredit += grant;
    this.#owner.emit(FRAME_TYPES.WINDOW, 0, this.id, grantPayload(grant));
  }

  // What the mux calls.

  /** Ends the stream from within: the peer is told, and so is the handler. */
  abort(code: WireErrorCode, message: string): void {
    if (this.#isOver) return;
    this.reset(code, message);
    this.#handler.onReset(code, message);
  }

  receiveHead(block: Uint8Array, flags: number): void {
    if (this.#isRemoteEnded) throw violation('a head came after the end of its stream');
    if (!this.#needsHead) throw violation('a stream was answered twice');
    const isInformational = (flags & FRAME_FLAGS.INFORMATIONAL) !== 0;
    if (isInformational && ++this.#informationalHeads > MAX_INFORMATIONAL_HEADS) {
      throw violation(`a stream had more than ${MAX_INFORMATIONAL_HEADS} informational heads`);
    }
    this.#needsHead = isInformational;
    this.#handler.onHead(block, isInformational);
    if ((flags & FRAME_FLAGS.END) !== 0) this.receiveEnd([]);
  }

  receiveTaken(grant: number): void {
    if (this.#isTaken) throw violation('a stream was taken twice');
    this.#isTaken = true;
    this.addSendCredit(grant);
    this.#handler.onTaken();
  }

  receiveData(payload: Uint8Array, flags: number): void {
    if (this.#isRemoteEnded) throw violation('data came after the end of its stream');
    if (this.#needsHead) throw violation('data came before the head of its stream');
    this.#receiveCredit -= payload.length;
    if (this.#receiveCredit < 0) {
      throw new PosternError('TUNNEL_CREDIT', { message: 'A stream was sent more than its credit.' });
    }
    this.#handler.onData(payload);
    if ((flags & FRAME_FLAGS.END) !== 0 && !this.#isOver) this.receiveEnd([]);
  }

  /** The opener ends its direction with the HEAD itself; the handler is told once it stands. */
  receiveEnd(trailers: readonly string[]): void {
    if (this.#isOver) return;
    if (this.#isRemoteEnded) throw violation('a stream ended twice');
    if (this.#needsHead) throw violation('a stream ended without a head');
    this.#isRemoteEnded = true;
    this.#handler.onEnd(trailers);
    this.#finishWhenBothEnded();
  }

  receiveReset(code: WireErrorCode, message: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.#handler.onReset(code, message);
  }

  addSendCredit(bytes: number): void {
    this.#sendCredit += bytes;
    if (this.#sendCredit > 0x7fff_ffff) throw violation('a stream was given more credit than 2^31-1');
    if (this.#queue.length > 0) this.#owner.wait(this);
  }

  /** Sends one turn's worth of what is queued; true when more could go at once. */
  sendTurn(): boolean {
    const first = this.#queue[0];
    if (first === undefined || this.#isOver) return false;
    const { chunk, isGiven } = first;
    const sent = this.#send(chunk, isGiven, MAX_DATA_BYTES);
    if (sent < chunk.length) {
      if (sent > 0) first.chunk = chunk.subarray(sent);
      return this.#sendCredit > 0;
    }
    this.#queue.shift();
    if (this.#queue.length > 0) return this.#sendCredit > 0;
    this.#queue = NOTHING_QUEUED;
    if (this.#trailers !== null) this.#writeEnd();
    else if (this.#isWriterWaiting) {
      this.#isWriterWaiting = false;
      this.#handler.onWritable();
    }
    return false;
  }

  /** Emits up to `limit` octets of `chunk` as far as both credits allow; returns how many. */
  #send(chunk: Uint8Array, isGiven: boolean, limit: number): number {
    let sent = 0;
    while (sent < chunk.length && sent < limit && this.#sendCredit > 0) {
      const wanted = Math.min(chunk.length - sent, limit - sent, MAX_DATA_BYTES, this.#sendCredit);
      const granted = this.#owner.takeSendCredit(wanted);
      if (granted === 0) break;
      this.#sendCredit -= granted;
      const piece = sent === 0 && granted === chunk.length ? chunk : chunk.subarray(sent, sent + granted);
      this.#owner.emit(FRAME_TYPES.DATA, 0, this.id, piece, isGiven);
      sent += granted;
    }
    return sent;
  }

  /**
   * Doubles the window when half of it was consumed faster than grants can travel; takes growth back when that takes long: the
   * buffers of a slow reader's system look like a fast reader at first, and a WebSocket may bring little for days after a burst.
   * @returns what that adds to the window, negative where it shrinks, by no more than `consumedBytes`.
   */
  #resize(consumedBytes: number): number {
    const nowMs = this.#owner.now();
    const { roundTripMs } = this.#owner;
    let added = 0;
    if (this.#isFast(consumedBytes, nowMs, roundTripMs)) {
      added = Math.max(0, Math.min(this.#window, this.#owner.maxStreamWindowBytes - this.#window));
      if (!this.#owner.takeGrowth(added)) added = 0;
    } else if (this.#grownBytes > 0 && this.#isSlow(nowMs)) {
      added = -Math.min(this.#grownBytes, consumedBytes);
      this.#owner.giveGrowth(-added);
    }
    const isLarge = this.#window >= LARGE_WINDOW_BYTES && added === 0;
    this.#before = isLarge ? { sinceMs: this.#grantedAtMs, bytes: consumedBytes } : null;
    this.#grantedAtMs = nowMs;
    this.#window += added;
    this.#grownBytes += added;
    return added;
  }

  /** Whether the last grant has lasted for long. */
  #isSlow(nowMs = this.#owner.now()): boolean {
    const elapsedMs = nowMs - this.#grantedAtMs;
    return elapsedMs > SLOW_MS && elapsedMs > SLOW_ROUND_TRIPS * this.#owner.roundTripMs;
  }

  /** Whether what was consumed went so fast that the window holds its sender up. */
  #isFast(consumedBytes: number, nowMs: number, roundTripMs: number): boolean {
    if (this.#window < LARGE_WINDOW_BYTES) return nowMs - this.#grantedAtMs <= FAST_ROUND_TRIPS * roundTripMs;
    // By two grants: what a user's connection takes comes in bursts, of which one half tells nothing.
    if (this.#before === null) return false;
    const halves = (consumedBytes + this.#before.bytes) / (this.#window / 2);
    return nowMs - this.#before.sinceMs <= FAST_ROUND_TRIPS_OF_LARGE * roundTripMs * halves;
  }

  #writeEnd(): void {
    const trailers = this.#trailers ?? [];
    if (trailers.length > 0 || !this.#owner.endWithLast(this.id)) {
      this.#owner.emit(FRAME_TYPES.END, 0, this.id, encodeFields(trailers));
    }
    this.#endLocal();
  }

  #endLocal(): void {
    this.#isLocalEnded = true;
    this.#finishWhenBothEnded();
  }

  #finishWhenBothEnded(): void {
    if (this.#isLocalEnded && this.#isRemoteEnded) this.#finish();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#queue = NOTHING_QUEUED;
    this.#owner.giveGrowth(this.#grownBytes);
    this.#owner.finished(this);
  }
}
