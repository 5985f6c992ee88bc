import { MAX_STREAM_ID } from '../wire/frame.ts';

/** Bounds of one tunnel, bytes of payload unless said otherwise. docs/limits.md says why and what each costs. */
export interface MuxLimits {
  /** Streams at once; one more is refused with STREAM_LIMIT. */
  readonly maxStreams: number;
  /** Streams in all that this side may open: their ids don't come again. At most `MAX_STREAM_ID`. */
  readonly streamIds: number;
  /** Window of a stream, for data sent to this side, once its request is taken. */
  readonly streamWindowBytes: number;
  /** What may ride along with a request before it is taken. */
  readonly rideAlongBytes: number;
  /** The largest window that a busy stream grows to. */
  readonly maxStreamWindowBytes: number;
  /** What all growth together may add. */
  readonly growthBudgetBytes: number;
  /** Window of the tunnel: what may be on its way and not yet handed to a stream. */
  readonly tunnelWindowBytes: number;
  /** Unsent octets above which no DATA is written, until the network has taken them. */
  readonly sendHighWaterBytes: number;
  /** Unsent octets at which the peer is taken for one that does not read, and the tunnel ends. */
  readonly sendLimitBytes: number;
}

export const DEFAULT_MUX_LIMITS: MuxLimits = {
  maxStreams: 10_000,
  streamIds: MAX_STREAM_ID,
  streamWindowBytes: 262_144,
  rideAlongBytes: 65_536,
  maxStreamWindowBytes: 4_194_304,
  growthBudgetBytes: 33_554_432,
  tunnelWindowBytes: 16_777_216,
  sendHighWaterBytes: 1_048_576,
  sendLimitBytes: 16_777_216,
};
