import type { App } from 'electron';

export interface QuitGuardOptions {
  readonly app: Pick<App, 'on' | 'quit'>;
  /** Asks the person, saying what stops. */
  readonly confirm: () => Promise<boolean>;
  /** Ends what runs. */
  readonly closeParts: () => Promise<void>;
}

/**
 * Every way to quit comes by here: the tray, the menu and its keys, the window's system menu, a second `app.quit()`. A person is asked
 * first, once; the operating system, which ends its session, is not kept waiting for an answer.
 */
export class QuitGuard {
  readonly #options: QuitGuardOptions;
  #stage: 'running' | 'asking' | 'closing' | 'closed' = 'running';

  constructor(options: QuitGuardOptions) {
    this.#options = options;
    options.app.on('before-quit', (event) => {
      if (this.#stage === 'closed') return;
      event.preventDefault();
      void this.request();
    });
  }

  /** Whether the app is on its way out: nothing is shown again, and windows close instead of hiding. */
  get isQuitting(): boolean {
    return this.#stage === 'closing' || this.#stage === 'closed';
  }

  /** Quits if the person is sure. Harmless while they are being asked already. */
  async request(): Promise<void> {
    if (this.#stage !== 'running') return;
    this.#stage = 'asking';
    const isSure = await this.#options.confirm().catch(() => true);
    // While the question stood, the operating system may have decided.
    if (this.isQuitting) return;
    this.#stage = 'running';
    if (isSure) await this.quitAtOnce();
  }

  /**
   * Quits without asking: the operating system ends the session, or whoever started the app ends it. `leave` ends the app itself,
   * after its parts.
   */
  async quitAtOnce(leave: () => void = () => this.#options.app.quit()): Promise<void> {
    if (this.isQuitting) return;
    this.#stage = 'closing';
    await this.#options.closeParts().catch(() => undefined);
    this.#stage = 'closed';
    leave();
  }
}
