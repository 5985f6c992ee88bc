/**
 * The time that a backend may be silent before it answers (B42). It runs while the backend has all that there is of the
 * request, or leaves what it was sent unread: a user who takes hours for an upload is no silence of the backend.
 */
export class AnswerClock {
  readonly #limitMs: number;
  readonly #onSilence: () => void;
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(limitMs: number, onSilence: () => void) {
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
  }

  /** Begins to count, from zero. */
  run(): void {
    if (this.#isOver) return;
    if (this.#timer === null) this.#timer = setTimeout(this.#onSilence, this.#limitMs);
    else this.#timer.refresh();
  }

  /** Waits for the user. */
  pause(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The backend has answered, or nobody waits for it any more. */
  end(): void {
    this.#isOver = true;
    this.pause();
  }
}
