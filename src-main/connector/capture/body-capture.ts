import type { CapturedBodies, CaptureOrder } from '../../../src-shared/connector/body-capture.ts';
import type { MuxStream } from '../../../src-shared/mux/mux-stream.ts';
import type { TrafficEntry } from '../traffic-recorder.ts';
import { CapturedExchange } from './captured-exchange.ts';

/** Requests that are captured at once (docs/limits.md); what comes above it passes uncaptured. */
const MAX_OPEN = 32;

/** Captures the bodies of one application for a while. */
export class BodyCapture {
  readonly #order: CaptureOrder;
  readonly #now: () => number;
  readonly #onCaptured: (bodies: CapturedBodies) => void;
  #open = 0;
  #isOver = false;

  constructor(order: CaptureOrder, now: () => number, onCaptured: (bodies: CapturedBodies) => void) {
    this.#order = order;
    this.#now = now;
    this.#onCaptured = onCaptured;
  }

  /** @returns what is to stand before `stream`; null where the request is not captured. */
  begin(applicationId: string, stream: MuxStream, entry: TrafficEntry): CapturedExchange | null {
    const { applicationId: wanted, untilMs } = this.#order;
    if (applicationId !== wanted || this.#open >= MAX_OPEN || this.#now() >= untilMs) return null;
    this.#open += 1;
    entry.isCaptured = true;
    return new CapturedExchange(stream, entry.sequence, (bodies) => {
      this.#open -= 1;
      if (!this.#isOver) this.#onCaptured(bodies);
    });
  }

  /** What is under way is not told any more. */
  end(): void {
    this.#isOver = true;
  }
}
