import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { OpenExternal } from '../app/external-links.ts';

/**
 * The part of a sign-in that happens in the system browser. MSAL waits for it without end and can't be told to stop, but
 * it does listen on a loopback port: an answer `access_denied` sent there ends its wait and frees the port.
 */
export class BrowserLeg {
  readonly #openExternal: OpenExternal;
  #redirectUri: string | null = null;
  #state: string | null = null;
  #isCancelled = false;

  constructor(openExternal: OpenExternal) {
    this.#openExternal = openExternal;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Given to MSAL as `openBrowser`. */
  readonly open = async (url: string): Promise<void> => {
    const parameters = new URL(url).searchParams;
    this.#redirectUri = parameters.get('redirect_uri');
    this.#state = parameters.get('state');
    if (this.#isCancelled) {
      await this.#answerDenied();
      return;
    }
    await this.#openExternal(url);
  };

  /** Ends the wait. Harmless when it is over. */
  async cancel(): Promise<void> {
    this.#isCancelled = true;
    await this.#answerDenied();
  }

  async #answerDenied(): Promise<void> {
    if (this.#redirectUri === null || this.#state === null) return;
    const target = new URL(this.#redirectUri);
    if (target.hostname !== 'localhost') {
      throw new PosternError('ADMIN_SIGNIN_FAILED', { message: 'The sign-in does not come back to this machine.' });
    }
    // MSAL listens on IPv4 alone, whatever `localhost` resolves to here.
    target.hostname = '127.0.0.1';
    await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ error: 'access_denied', state: this.#state }),
    }).catch(() => undefined);
  }
}
