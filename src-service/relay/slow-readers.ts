import { PosternError } from '../../src-shared/errors/postern-error.ts';

export interface SlowReaderTimes {
  /** How long a user may leave a part of what waits for them, ms: what a connection has taken of a write nobody says. */
  readonly userStallMs: number;
  /** The same where all that waits is more than its budget, ms. */
  readonly crowdedStallMs: number;
  /** How often they are looked at, ms. */
  readonly userStallLookMs: number;
}

/** What came for one user and was not yet taken by their connection. */
export interface Backlog {
  /** Octets came that the connection has no room for. */
  add(bytes: number): void;
  /** The connection has room again, or is gone. @returns the octets that it had none for */
  clear(): number;
}

/**
 * Users who do not take what waits for them. Credit bounds it for each, a window of 256 KiB as a rule, and this for all: ten thousand
 * windows are a machine's memory. They stand in the order in which they fell behind, so that a look reads no more than it ends.
 */
export class SlowReaders {
  readonly #times: SlowReaderTimes;
  readonly #maxBytes: number;
  readonly #nowMs: () => number;
  #bytes = 0;
  #first: WaitingBacklog | null = null;
  #last: WaitingBacklog | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(times: SlowReaderTimes, maxBytes: number, nowMs: () => number) {
    this.#times = times;
    this.#maxBytes = maxBytes;
    this.#nowMs = nowMs;
  }

  /** What waits for all users, octets. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param onStalled ends the exchange, whose connection closes then; called at most once each time that it stands still. */
  makeBacklog(onStalled: (error: PosternError) => void): Backlog {
    return new WaitingBacklog(this, onStalled);
  }

  /** Ends those that have stood still for too long. From the timer, from what comes in above the budget, and from tests. */
  look(): void {
    const nowMs = this.#nowMs();
    for (;;) {
      const oldest = this.#first;
      if (oldest === null) break;
      const { userStallMs, crowdedStallMs } = this.#times;
      const isCrowded = this.#bytes > this.#maxBytes;
      if (nowMs - oldest.sinceMs < (isCrowded ? crowdedStallMs : userStallMs)) return;
      oldest.clear();
      oldest.onStalled(new PosternError('EDGE_SLOW_READER'));
    }
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** @internal */
  enter(backlog: WaitingBacklog): void {
    backlog.sinceMs = this.#nowMs();
    backlog.previous = this.#last;
    if (this.#last === null) this.#first = backlog;
    else this.#last.next = backlog;
    this.#last = backlog;
    this.#timer ??= setInterval(() => this.look(), this.#times.userStallLookMs).unref();
  }

  /** @internal */
  grow(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes) this.look();
  }

  /** @internal */
  leave(backlog: WaitingBacklog, bytes: number): void {
    this.#bytes -= bytes;
    const { previous, next } = backlog;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    backlog.previous = null;
    backlog.next = null;
  }
}

/** A link of the chain of those that wait, while it waits. */
class WaitingBacklog implements Backlog {
  readonly onStalled: (error: PosternError) => void;
  readonly #owner: SlowReaders;
  #bytes = 0;
  sinceMs = 0;
  previous: WaitingBacklog | null = null;
  next: WaitingBacklog | null = null;

  constructor(owner: SlowReaders, onStalled: (error: PosternError) => void) {
    this.#owner = owner;
    this.onStalled = onStalled;
  }

  add(bytes: number): void {
    if (this.#bytes === 0) this.#owner.enter(this);
    this.#bytes += bytes;
    this.#owner.grow(bytes);
  }

  clear(): number {
    const bytes = this.#bytes;
    if (bytes === 0) return 0;
    this.#bytes = 0;
    this.#owner.leave(this, bytes);
    return bytes;
  }
}
