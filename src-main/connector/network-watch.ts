import type { EngineRuntime } from './engine-runtime.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Tells when the machine's addresses change while something waits for the network: a cable, a Wi-Fi, a VPN. No system that
 * Node runs on tells this by itself, and a look costs some microseconds, so it looks while it is switched on, and only then.
 */
export class NetworkWatch {
  readonly #runtime: EngineRuntime;
  readonly #onChanged: () => void;
  #addresses = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(runtime: EngineRuntime, onChanged: () => void) {
    this.#runtime = runtime;
    this.#onChanged = onChanged;
  }

  /** Switches it on or off; what changed while it was off is not told. */
  set isOn(isOn: boolean) {
    if (isOn === (this.#timer !== null)) return;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (!isOn) return;
    this.#addresses = this.#runtime.networkAddresses();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  #look(): void {
    const before = this.#addresses;
    this.#addresses = this.#runtime.networkAddresses();
    if (this.#addresses !== before) this.#onChanged();
  }
}
