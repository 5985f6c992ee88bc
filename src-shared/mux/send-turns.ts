import type { Stream } from './stream.ts';

/** Streams that have data and credit of their own and wait for the tunnel's, in the order of their turns; no `Set`, for the reason that `StreamTable` gives. */
export class SendTurns {
  #streams: Stream[] = [];
  #isRunning = false;

  get isEmpty(): boolean {
    return this.#streams.length === 0;
  }

  add(stream: Stream): void {
    if (stream.isWaiting) return;
    stream.isWaiting = true;
    this.#streams.push(stream);
  }

  remove(stream: Stream): void {
    if (!stream.isWaiting) return;
    stream.isWaiting = false;
    this.#streams = this.#streams.filter((each) => each !== stream);
  }

  clear(): void {
    this.#streams = [];
  }

  /** Lets them send in turn, until their data runs out or nothing may be sent. @param onError told what a stream threw */
  run(maySend: () => boolean, onError: (error: unknown, stream: Stream) => void): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#streams.length > 0 && maySend()) {
      const stream = this.#streams.shift() as Stream;
      stream.isWaiting = false;
      try {
        if (stream.sendTurn()) this.add(stream);
      } catch (error) {
        onError(error, stream);
      }
    }
    this.#isRunning = false;
  }
}
