/** How long a capture may run, minutes; it ends by itself. */
export const CAPTURE_MINUTES = [5, 10, 15] as const;
export const MAX_CAPTURE_MINUTES = 15;

/** What an engine is told to capture. */
export interface CaptureOrder {
  readonly applicationId: string;
  /** Ms since the epoch; a request that begins later is not captured. */
  readonly untilMs: number;
}

/** The body of one direction, as the backend got or sent it. */
export interface CapturedBody {
  /** Its beginning, at most `MAX_CAPTURED_BYTES`. */
  readonly octets: Uint8Array;
  /** Octets that passed while it was captured. */
  readonly totalBytes: number;
}

export interface CapturedBodies {
  /** That of the request's record. */
  readonly sequence: number;
  readonly request: CapturedBody;
  readonly response: CapturedBody;
}

export const MAX_CAPTURED_BYTES = 256 * 1024;

/** A body as a person can read it. */
export interface BodyView {
  readonly kind: 'empty' | 'text' | 'binary';
  /** The text; of binary content its first octets in hexadecimal. */
  readonly text: string;
  readonly totalBytes: number;
  /** Whether all of it is shown. */
  readonly isWhole: boolean;
}

export interface BodiesView {
  readonly request: BodyView;
  readonly response: BodyView;
}

/** A capture as the window and the tray show it. */
export interface CaptureState {
  /** Null while none runs. */
  readonly running: {
    readonly applicationId: string;
    readonly applicationName: string;
    readonly untilMs: number;
    /** Name of the administrator who started it. */
    readonly startedBy: string;
  } | null;
  /** Requests whose bodies are held in memory. */
  readonly kept: number;
}

export const NO_CAPTURE: CaptureState = { running: null, kept: 0 };
