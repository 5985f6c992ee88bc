import type { BackendController, BackendListener } from './backend-client.ts';

/** Stands for a listener in a line that nothing can be taken out of, so that a request which is given up there lets go of its owner. */
export class WaitingListener implements BackendListener {
  #listener: BackendListener | null;
  readonly #onLeft: () => void;
  #hasLeft = false;

  /** @param onLeft is called when its turn has come, or it failed before */
  constructor(listener: BackendListener, onLeft: () => void) {
    this.#listener = listener;
    this.#onLeft = onLeft;
  }

  abandon(): void {
    this.#listener = null;
  }

  onRequestStart(controller: BackendController): void {
    this.#leave();
    if (this.#listener === null) controller.abort(new Error('Nobody waits for it any more.'));
    else this.#listener.onRequestStart(controller);
  }

  onBodySent(chunk: Uint8Array): void {
    this.#listener?.onBodySent(chunk);
  }

  onResponseStart(controller: BackendController, status: number): void {
    this.#listener?.onResponseStart(controller, status);
  }

  onResponseData(controller: BackendController, chunk: Buffer): void {
    this.#listener?.onResponseData(controller, chunk);
  }

  onResponseEnd(controller: BackendController): void {
    this.#listener?.onResponseEnd(controller);
  }

  onResponseError(controller: BackendController | null, error: Error): void {
    this.#leave();
    this.#listener?.onResponseError(controller, error);
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#onLeft();
  }
}
