import { asPosternError, PosternError } from '../errors/postern-error.ts';
import { errorDefinition, type WireErrorCode } from '../errors/registry.ts';
import type { ReceiveSettings } from '../wire/control.ts';
import { decodeFields } from '../wire/fields.ts';
import { FrameDecoder } from '../wire/frame-decoder.ts';
import { FIRST_CONTROL_TYPE, FRAME_FLAGS, FRAME_TYPES } from '../wire/frame.ts';
import { ControlAssembler, writeControlMessage } from './control-messages.ts';
import { grantOf, grantPayload, isBreach, resetOf, resetPayload, violation } from './frame-payloads.ts';
import type { FrameTransport } from './frame-transport.ts';
import { FrameWriter } from './frame-writer.ts';
import type { MuxLimits } from './mux-limits.ts';
import type { MuxStream, StreamHandler } from './mux-stream.ts';
import { pongPayload, RoundTrips } from './round-trips.ts';
import { SendTurns } from './send-turns.ts';
import { StreamTable } from './stream-table.ts';
import { Stream, type StreamOwner } from './stream.ts';

/** What a TLS record carries at most. */
const JOIN_LIMIT_BYTES = 16_384;
/** Streams that a tunnel can still open while another one comes up in its place. */
const STREAM_IDS_IN_HAND = 1_048_576;
/** Of what is left of the growth budget a stream takes no more than one part in so many: the rest is for those that come. */
const GROWTH_PARTS = 4;

/** What a mux asks of its host. */
export interface MuxHost {
  /** The peer opened a stream with this head block (connector only); the answer is who listens to it. */
  onOpen(stream: MuxStream, block: Uint8Array): StreamHandler;
  /** A whole control message, put together from its frames; PING and PONG are the mux's own. */
  onControl(type: number, payload: Uint8Array): void;
  /** A stream is over, and `openStreams` has it no more. Nothing may be done to the mux from within. */
  onStreamEnd?(): void;
  /** The tunnel ended through this side: the peer broke the protocol, or `close` was called. Called once. */
  onClose(code: WireErrorCode, message: string): void;
  /** A handler threw; its stream was reset. */
  onInternalError(error: unknown): void;
}

export interface MuxOptions {
  /** The service opens streams, the connector accepts them. */
  readonly role: 'opener' | 'acceptor';
  readonly transport: FrameTransport;
  readonly limits: MuxLimits;
  readonly host: MuxHost;
  /** A monotonic clock, ms. */
  readonly now: () => number;
  /** Runs a task at the end of the tick (`setImmediate`). */
  readonly defer: (task: () => void) => void;
}

/**
 * Many streams over one transport (docs/tunnel-protocol.md). Holds no timer and no socket: the host feeds `receive` and
 * `onTransportDrain`, and decides on life and death.
 */
export class Mux implements StreamOwner {
  readonly takenWindowBytes: number;
  readonly maxStreamWindowBytes: number;
  readonly #options: MuxOptions;
  readonly #limits: MuxLimits;
  readonly #writer: FrameWriter;
  readonly #decoder: FrameDecoder;
  readonly #control = new ControlAssembler();
  readonly #streams = new StreamTable<Stream>();
  readonly #turns = new SendTurns();
  readonly #roundTrips = new RoundTrips();
  #peer: ReceiveSettings | null = null;
  #lastStreamId = 0;
  #tunnelSendCredit = 0;
  #tunnelReceiveCredit: number;
  #growthLeftBytes: number;
  #receivedAtMs: number;
  #hasEndedFrame = false;
  #frameSinceMs = 0;
  #messageSinceMs = 0;
  #isRefusing = false;
  #isClosed = false;
  #isClosing = false;

  constructor(options: MuxOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.takenWindowBytes = options.limits.streamWindowBytes;
    this.maxStreamWindowBytes = options.limits.maxStreamWindowBytes;
    this.#writer = new FrameWriter(options.transport, options.defer);
    this.#decoder = new FrameDecoder(this.#onFrame);
    this.#tunnelReceiveCredit = options.limits.tunnelWindowBytes;
    this.#growthLeftBytes = options.limits.growthBudgetBytes;
    this.#receivedAtMs = options.now();
  }

  /** What to tell the peer in CHALLENGE or HELLO. */
  get receiveSettings(): ReceiveSettings {
    return { streamWindowBytes: this.#streamWindowBytes, tunnelWindowBytes: this.#limits.tunnelWindowBytes };
  }

  get #streamWindowBytes(): number {
    return this.#options.role === 'acceptor' ? this.#limits.rideAlongBytes : this.#limits.streamWindowBytes;
  }

  /** Takes the peer's settings from its CHALLENGE or HELLO. Streams are possible from now on. */
  begin(peer: ReceiveSettings): void {
    this.#peer = peer;
    this.#tunnelSendCredit = peer.tunnelWindowBytes;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  /**
   * Whether so few ids of streams are left that it is time for another tunnel.
   * @param place of this tunnel among those of its connector, from 0: each has its turn at another count, as they are used alike
   */
  isNearlySpent(place: number): boolean {
    const { streamIds } = this.#limits;
    return this.#lastStreamId > streamIds - Math.min(STREAM_IDS_IN_HAND * (place + 1), streamIds / 2);
  }

  /** Whether `open` can succeed now. */
  get canOpen(): boolean {
    return (
      this.#peer !== null &&
      !this.#isClosed &&
      !this.#isRefusing &&
      this.#streams.size < this.#limits.maxStreams &&
      this.#lastStreamId < this.#limits.streamIds
    );
  }

  /**
   * Whether frames leave at the end of this tick anyway, and nothing waits before them: one more goes along in the same write
   * and the same TLS record.
   */
  get isGathering(): boolean {
    return this.#writer.gatheredBytes > 0 && this.#writer.bufferedBytes <= JOIN_LIMIT_BYTES;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** When the last octet came, on the mux's clock. Any octet counts as life. */
  get receivedAtMs(): number {
    return this.#receivedAtMs;
  }

  /** Since when a frame or a control message stands half received, on the mux's clock; null where none does. */
  get partialSinceMs(): number | null {
    const frameSinceMs = this.#decoder.isMidFrame ? this.#frameSinceMs : null;
    if (!this.#control.isMidMessage) return frameSinceMs;
    return Math.min(this.#messageSinceMs, frameSinceMs ?? this.#messageSinceMs);
  }

  get roundTripMs(): number {
    return this.#roundTrips.leastMs;
  }

  /** Last measured round trip, or null before the first PONG. */
  get measuredRoundTripMs(): number | null {
    return this.#roundTrips.measuredMs;
  }

  get isPingOutstanding(): boolean {
    return this.#roundTrips.isPingOutstanding;
  }

  /** Opens a stream with a request head. @throws PosternError `TUNNEL_CLOSED` or `STREAM_LIMIT` when `canOpen` is false. */
  open(block: Uint8Array, endStream: boolean, handlerOf: (stream: MuxStream) => StreamHandler): MuxStream {
    if (this.#peer === null || this.#isClosed || this.#isRefusing) throw new PosternError('TUNNEL_CLOSED');
    if (!this.canOpen) throw new PosternError('STREAM_LIMIT');
    this.#lastStreamId += 1;
    const stream = this.#addStream(this.#lastStreamId, this.#peer, handlerOf);
    stream.writeHead(block, { isInformational: false, endStream });
    return stream;
  }

  /** Takes octets from the transport. A breach of the protocol ends the tunnel; nothing is thrown. */
  receive(octets: Uint8Array): void {
    if (this.#isClosed) return;
    const nowMs = this.#options.now();
    this.#receivedAtMs = nowMs;
    const wasMidFrame = this.#decoder.isMidFrame;
    const wasMidMessage = this.#control.isMidMessage;
    this.#hasEndedFrame = false;
    try {
      this.#decoder.push(octets);
    } catch (error) {
      this.#fail(asPosternError(error, 'STREAM_INTERNAL'));
    }
    if (this.#hasEndedFrame || !wasMidFrame) this.#frameSinceMs = nowMs;
    if (!wasMidMessage) this.#messageSinceMs = nowMs;
  }

  /** The network took what was buffered: streams that wait may send again. */
  onTransportDrain(): void {
    if (!this.#isClosed) this.#pump();
  }

  /** Sends a control message as JSON, cut into frames. */
  sendControl(type: number, message: unknown): void {
    if (this.#isClosed) return;
    writeControlMessage(type, message, (...frame) => this.emit(...frame));
  }

  /** Sends a PING unless one is outstanding. */
  ping(): void {
    if (this.#isClosed) return;
    const payload = this.#roundTrips.ping(this.#options.now());
    if (payload !== null) this.emit(FRAME_TYPES.PING, 0, 0, payload);
  }

  /** From now on no stream is opened, and one that the peer opens is refused, so that it can go elsewhere. */
  refuseStreams(): void {
    this.#isRefusing = true;
  }

  /** Ends the tunnel: every stream is reset with `code`, the host is told, the transport closed. */
  close(code: WireErrorCode, message: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#writer.flush();
    this.#turns.clear();
    for (const stream of this.#streams.values()) {
      try {
        stream.receiveReset(code, message);
      } catch (error) {
        this.#options.host.onInternalError(error);
      }
    }
    this.#options.transport.close(code);
    this.#options.host.onClose(code, message);
  }

  // What streams ask of their tunnel.

  now(): number {
    return this.#options.now();
  }

  emit(type: number, flags: number, streamId: number, payload?: Uint8Array, isGiven?: boolean): void {
    if (this.#isClosed) return;
    this.#writer.write(type, flags, streamId, payload, isGiven);
    if (this.#writer.bufferedBytes > this.#limits.sendLimitBytes && !this.#isClosing) {
      this.#isClosing = true;
      this.#options.defer(() => this.close('TUNNEL_TIMEOUT', 'The peer does not read what it is sent.'));
    }
  }

  endWithLast(streamId: number): boolean {
    return this.#writer.endWithLast(streamId);
  }

  takeSendCredit(bytes: number): number {
    if (this.#writer.bufferedBytes >= this.#limits.sendHighWaterBytes) return 0;
    const granted = Math.min(bytes, this.#tunnelSendCredit);
    this.#tunnelSendCredit -= granted;
    return granted;
  }

  get hasWaiting(): boolean {
    return !this.#turns.isEmpty;
  }

  wait(stream: Stream): void {
    this.#turns.add(stream);
  }

  takeGrowth(bytes: number): boolean {
    if (bytes * GROWTH_PARTS > this.#growthLeftBytes) return false;
    this.#growthLeftBytes -= bytes;
    return true;
  }

  giveGrowth(bytes: number): void {
    this.#growthLeftBytes += bytes;
  }

  finished(stream: Stream): void {
    this.#turns.remove(stream);
    this.#streams.delete(stream.id);
    this.#options.host.onStreamEnd?.();
  }

  #pump(): void {
    this.#turns.run(this.#maySend, this.#onHandlerError);
  }

  readonly #maySend = (): boolean => {
    return this.#tunnelSendCredit > 0 && this.#writer.bufferedBytes < this.#limits.sendHighWaterBytes;
  };

  readonly #onFrame = (type: number, flags: number, streamId: number, payload: Uint8Array): void => {
    this.#hasEndedFrame = true;
    if (this.#isClosed) return;
    if (type >= FIRST_CONTROL_TYPE) {
      this.#onControlFrame(type, flags, payload);
      return;
    }
    if (type === FRAME_TYPES.DATA) this.#countReceived(payload.length);
    if (type === FRAME_TYPES.WINDOW && streamId === 0) {
      this.#tunnelSendCredit += grantOf(payload);
      if (this.#tunnelSendCredit > 0x7fff_ffff) throw violation('the tunnel was given more credit than 2^31-1');
      this.#pump();
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) {
      try {
        this.#onStreamFrame(stream, type, flags, payload);
      } catch (error) {
        if (isBreach(error)) throw error;
        this.#onHandlerError(error, stream);
      }
    } else if (streamId > this.#lastStreamId || streamId === 0) {
      this.#onNewStream(type, flags, streamId, payload);
    } else if (type === FRAME_TYPES.HEAD && this.#options.role === 'acceptor') {
      throw violation(`stream ${streamId} was opened again`);
    }
    // Any other frame for a stream that is over crossed its end on the way: nothing to do.
  };

  #onStreamFrame(stream: Stream, type: number, flags: number, payload: Uint8Array): void {
    switch (type) {
      case FRAME_TYPES.HEAD:
        if (this.#options.role === 'acceptor') throw violation('a stream was opened twice');
        stream.receiveHead(payload, flags);
        break;
      case FRAME_TYPES.DATA:
        stream.receiveData(payload, flags);
        break;
      case FRAME_TYPES.END:
        stream.receiveEnd(decodeFields(payload));
        break;
      case FRAME_TYPES.RESET:
        this.#receiveReset(stream, payload);
        break;
      case FRAME_TYPES.WINDOW:
        stream.addSendCredit(grantOf(payload));
        this.#pump();
        break;
      case FRAME_TYPES.TAKEN:
        if (this.#options.role === 'acceptor') throw violation('the opener sent TAKEN');
        stream.receiveTaken(grantOf(payload));
        this.#pump();
        break;
      default: // A type of a newer version.
    }
  }

  #receiveReset(stream: Stream, payload: Uint8Array): void {
    const { code, message } = resetOf(payload);
    stream.receiveReset(code, message);
  }

  #onNewStream(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    if (type > FRAME_TYPES.TAKEN || type === 0) return;
    if (this.#options.role === 'opener' || type !== FRAME_TYPES.HEAD || streamId === 0 || this.#peer === null) {
      throw violation(`frame type ${type} came for stream ${streamId}, which was never opened`);
    }
    this.#lastStreamId = streamId;
    if (this.#isRefusing || this.#streams.size >= this.#limits.maxStreams) {
      this.emit(FRAME_TYPES.RESET, 0, streamId, resetPayload(this.#isRefusing ? 'STREAM_REFUSED' : 'STREAM_LIMIT', ''));
      return;
    }
    let stream: Stream | null = null;
    try {
      stream = this.#addStream(streamId, this.#peer, (made) => this.#options.host.onOpen(made, payload));
      if ((flags & FRAME_FLAGS.END) !== 0) stream.receiveEnd([]);
    } catch (error) {
      if (isBreach(error)) throw error;
      if (stream === null) this.emit(FRAME_TYPES.RESET, 0, streamId, resetPayload('STREAM_INTERNAL', ''));
      this.#onHandlerError(error, stream);
    }
  }

  #addStream(id: number, peer: ReceiveSettings, handlerOf: (stream: MuxStream) => StreamHandler): Stream {
    const stream = new Stream(
      id,
      this,
      handlerOf,
      peer.streamWindowBytes,
      this.#streamWindowBytes,
      this.#options.role === 'opener',
    );
    if (!stream.isOver) this.#streams.set(id, stream);
    return stream;
  }

  /** Counts payload against the tunnel's window, which is given back as soon as the octets are handed to a stream. */
  #countReceived(bytes: number): void {
    this.#tunnelReceiveCredit -= bytes;
    if (this.#tunnelReceiveCredit < 0) {
      throw new PosternError('TUNNEL_CREDIT', { message: 'The tunnel was sent more than its credit.' });
    }
    const missing = this.#limits.tunnelWindowBytes - this.#tunnelReceiveCredit;
    if (missing * 2 < this.#limits.tunnelWindowBytes) return;
    this.#tunnelReceiveCredit += missing;
    this.emit(FRAME_TYPES.WINDOW, 0, 0, grantPayload(missing));
  }

  #onControlFrame(type: number, flags: number, payload: Uint8Array): void {
    if (type === FRAME_TYPES.PING) {
      this.emit(FRAME_TYPES.PONG, 0, 0, pongPayload(payload));
      return;
    }
    if (type === FRAME_TYPES.PONG) {
      this.#roundTrips.pong(payload, this.#options.now());
      return;
    }
    const message = this.#control.add(type, flags, payload);
    if (message !== null) this.#options.host.onControl(type, message);
  }

  /** A handler threw: our own mistake, which costs its stream alone. */
  readonly #onHandlerError = (error: unknown, stream: Stream | null): void => {
    this.#options.host.onInternalError(error);
    if (stream === null) return;
    const message = 'This end failed while it handled the stream.';
    try {
      stream.abort('STREAM_INTERNAL', message);
    } catch (again) {
      this.#options.host.onInternalError(again);
    }
  };

  #fail(error: PosternError): void {
    const code = errorDefinition(error.code).wire === undefined ? 'STREAM_INTERNAL' : (error.code as WireErrorCode);
    this.sendControl(FRAME_TYPES.GOAWAY, { code: errorDefinition(code).wire, message: error.message });
    this.close(code, error.message);
  }
}
