import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** RFC 8628, section 3.2: what holds where the provider names no interval. */
const DEFAULT_INTERVAL_SECONDS = 5;
/** Section 3.5: `slow_down` adds so much to the interval. */
const SLOW_DOWN_SECONDS = 5;
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const PENDING = { error: 'authorization_pending' };

export interface DeviceCodeNetworkOptions {
  readonly network: INetworkModule;
  /** `entra`: MSAL's own spelling of the flow is the provider's; `oidc`: it must be turned into RFC 8628's. */
  readonly mode: 'entra' | 'oidc';
  /** The discovery document, where MSAL was given it and does not fetch it. */
  readonly authorityMetadata: string | undefined;
  readonly sleep: (delayMs: number) => Promise<void>;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * The network as MSAL's device code flow needs it. MSAL speaks Entra's form of that flow alone: it makes up the endpoint instead of
 * reading it from the discovery document, names the grant otherwise than RFC 8628, and asks without a pause where the provider names
 * no interval. `slow_down` it takes for a refusal, and a lost connection for the end. All else passes untouched.
 * What a request fails with is kept, since MSAL passes on no more than that one failed.
 */
export class DeviceCodeNetwork implements INetworkModule {
  readonly #options: DeviceCodeNetworkOptions;
  #endpoint: string | null = null;
  #delaySeconds = 0;
  #completeUrl: string | null = null;
  #failure: Error | null = null;

  constructor(options: DeviceCodeNetworkOptions) {
    this.#options = options;
    if (options.authorityMetadata !== undefined) this.#learn(JSON.parse(options.authorityMetadata) as Body);
  }

  /** The address of the page with the code in it already; null where the provider gave none with the last code. */
  get verificationUrlComplete(): string | null {
    return this.#completeUrl;
  }

  /** What the last request failed with since this was asked; null where none did. */
  takeFailure(): Error | null {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  async sendGetRequestAsync<T>(
    url: string,
    options?: NetworkRequestOptions,
    timeout?: number,
  ): Promise<NetworkResponse<T>> {
    const answer = await this.#keeping(this.#options.network.sendGetRequestAsync<T>(url, options, timeout));
    this.#learn(answer.body as Body | null);
    return answer;
  }

  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    const form = new URLSearchParams(options?.body ?? '');
    // Every request to a token endpoint names its grant; the one that asks for a device code has none.
    if (!form.has('grant_type')) return this.#keeping(this.#askForCode<T>(url, options));
    return form.get('grant_type') === 'device_code'
      ? this.#poll<T>(url, form, options)
      : this.#keeping(this.#options.network.sendPostRequestAsync<T>(url, options));
  }

  async #keeping<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  #learn(document: Body | null): void {
    const endpoint = document?.['device_authorization_endpoint'];
    if (typeof endpoint === 'string') this.#endpoint = endpoint;
  }

  async #askForCode<T>(msalsUrl: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    this.#delaySeconds = 0;
    this.#completeUrl = null;
    const url = this.#options.mode === 'entra' ? msalsUrl : this.#endpoint;
    if (url === null) throw failed('The identity provider offers no sign-in on another device. Use the browser.');
    const answer = await this.#options.network.sendPostRequestAsync<Body>(url, options);
    const { body } = answer;
    if (typeof body['user_code'] !== 'string' || typeof body['device_code'] !== 'string') {
      throw failed(`The identity provider gives no code for another device: ${reasonOf(body, answer.status)}`);
    }
    if (typeof body['verification_uri_complete'] === 'string') this.#completeUrl = body['verification_uri_complete'];
    const interval = body['interval'];
    const isGiven = typeof interval === 'number' && interval > 0;
    return { ...answer, body: { ...body, interval: isGiven ? interval : DEFAULT_INTERVAL_SECONDS } as T };
  }

  async #poll<T>(url: string, form: URLSearchParams, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    if (this.#options.mode === 'oidc') form.set('grant_type', GRANT_TYPE);
    if (this.#delaySeconds > 0) await this.#options.sleep(this.#delaySeconds * 1000);
    const stillPending = { headers: {}, status: 400, body: PENDING as T };
    let answer: NetworkResponse<Body>;
    try {
      answer = await this.#options.network.sendPostRequestAsync<Body>(url, { ...options, body: form.toString() });
    } catch {
      // The code is good until it expires, and MSAL ends the flow then.
      return stillPending;
    }
    const isSlowedDown = answer.body['error'] === 'slow_down' || answer.status === 429;
    if (isSlowedDown) this.#delaySeconds += SLOW_DOWN_SECONDS;
    return isSlowedDown || answer.status >= 500 ? stillPending : (answer as NetworkResponse<T>);
  }
}

function reasonOf(body: Body, status: number): string {
  const words = [body['error'], body['error_description']].filter((word) => typeof word === 'string');
  return words.length === 0 ? `status ${status}.` : words.join(': ');
}

function failed(message: string): PosternError {
  return new PosternError('ADMIN_SIGNIN_FAILED', { message });
}
