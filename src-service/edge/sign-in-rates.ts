import { ClientRates } from './client-rates.ts';
import { RequestRate } from './request-rate.ts';

/** People of one office come together at nine o'clock: what may come at once is this much time's worth. */
const BURST_MS = 20_000;
const SIGN_IN_PREFIX = '/.postern/sign';

/** Whether a path of ours is a step of a sign-in or sign-out. */
export function isSignInStep(path: string): boolean {
  return path.startsWith(SIGN_IN_PREFIX);
}

/**
 * How many steps of sign-ins and sign-outs are taken: each costs sealing, and some a call to the identity provider or a
 * write to the store. One client address has its own rate; what is above that does not count for the rate of all.
 */
export class SignInRates {
  readonly #clients: ClientRates;
  readonly #all: RequestRate;

  /** @param limits requests a second, 0 for no limit */
  constructor(limits: { readonly clientSignInRequestsPerSecond: number; readonly signInRequestsPerSecond: number }) {
    this.#clients = new ClientRates(limits.clientSignInRequestsPerSecond, BURST_MS);
    this.#all = new RequestRate(limits.signInRequestsPerSecond, BURST_MS);
  }

  /** @returns whether the step may be taken; it is counted then */
  take(address: string, nowMs: number): boolean {
    if (!this.#clients.take(address, nowMs) || !this.#all.allows(nowMs)) return false;
    this.#all.take(nowMs);
    return true;
  }
}
