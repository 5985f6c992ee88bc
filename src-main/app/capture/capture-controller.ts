import type { CapturedBodies, CaptureOrder, CaptureState } from '../../../src-shared/connector/body-capture.ts';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { AppState } from '../../../src-shared/ipc/app-state.ts';
import type { EngineLog } from '../../connector/engine-runtime.ts';
import type { AppStateStore } from '../app-state-store.ts';
import { BodyStore } from './body-store.ts';

/** How often the count of what is held is shown anew. */
const SHOW_INTERVAL_MS = 500;

export type CaptureEnd = 'stopped' | 'over' | 'engineGone' | 'signedOut' | 'quit';

export interface CaptureControllerOptions {
  readonly state: AppStateStore;
  readonly log: EngineLog;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  /** Tells the engine. */
  readonly order: (order: CaptureOrder | null) => void;
}

/**
 * Captures of bodies: started by an administrator who is signed in, for minutes, for one application; shown while they
 * run, and written into the connector's log. What was captured stays in memory until it is discarded, another capture
 * begins, or the app ends.
 */
export class CaptureController {
  readonly #options: CaptureControllerOptions;
  readonly #bodies = new BodyStore();
  #endTimer: NodeJS.Timeout | null = null;
  #showTimer: NodeJS.Timeout | null = null;
  #captured = 0;

  constructor(options: CaptureControllerOptions) {
    this.#options = options;
    options.state.onChange((state) => this.#onChange(state));
  }

  /** @throws PosternError `ADMIN_SIGNIN_REQUIRED`, `API_FORBIDDEN` for readers, `API_NOT_FOUND` where the application is not served here */
  start(applicationId: string, minutes: number): void {
    const { state, log, now, order } = this.#options;
    const { account, signIn, engine } = state.current;
    if (account === null || signIn.isRequired) throw new PosternError('ADMIN_SIGNIN_REQUIRED');
    if (account.access !== 'administrator') throw new PosternError('API_FORBIDDEN');
    const application = engine?.applications.find(({ id }) => id === applicationId);
    if (application === undefined) {
      throw new PosternError('API_NOT_FOUND', { message: 'This connector does not serve the application now.' });
    }
    this.stop('stopped');
    this.#bodies.clear();
    this.#captured = 0;
    const durationMs = minutes * 60_000;
    const untilMs = now() + durationMs;
    order({ applicationId, untilMs });
    this.#endTimer = setTimeout(() => this.stop('over'), durationMs);
    const { displayName } = application;
    const by = account.userName;
    log.warn({ applicationId, applicationName: displayName, minutes, by }, 'capture.started');
    this.#show({ applicationId, applicationName: displayName, untilMs, startedBy: account.displayName });
  }

  /** Harmless where none runs. */
  stop(reason: CaptureEnd): void {
    const { running } = this.#options.state.current.bodyCapture;
    if (running === null) return;
    if (this.#endTimer !== null) clearTimeout(this.#endTimer);
    this.#endTimer = null;
    this.#options.order(null);
    const { applicationId, applicationName } = running;
    this.#options.log.warn({ applicationId, applicationName, reason, requests: this.#captured }, 'capture.ended');
    this.#show(null);
  }

  add(bodies: CapturedBodies): void {
    if (this.#options.state.current.bodyCapture.running === null) return;
    this.#captured += 1;
    this.#bodies.add(bodies);
    this.#showTimer ??= setTimeout(() => this.#show(this.#options.state.current.bodyCapture.running), SHOW_INTERVAL_MS);
  }

  /** Null where they were not captured, or are not held any more. */
  find(sequence: number): CapturedBodies | null {
    return this.#bodies.find(sequence);
  }

  discard(): void {
    this.#bodies.clear();
    this.#show(this.#options.state.current.bodyCapture.running);
  }

  #onChange({ account, engine, bodyCapture: { running } }: AppState): void {
    if (running === null) return;
    if (engine === null) this.stop('engineGone');
    else if (account === null) this.stop('signedOut');
  }

  #show(running: CaptureState['running']): void {
    if (this.#showTimer !== null) clearTimeout(this.#showTimer);
    this.#showTimer = null;
    this.#options.state.set({ bodyCapture: { running, kept: this.#bodies.size } });
  }
}
