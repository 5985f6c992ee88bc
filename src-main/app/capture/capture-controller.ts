import { setTimeout as sleep } from 'node:timers/promises';
import type { CapturedBodies, CaptureOrder, CaptureState } from '../../../src-shared/connector/body-capture.ts';
import type { EngineApplication } from '../../../src-shared/connector/engine-state.ts';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { AppState } from '../../../src-shared/ipc/app-state.ts';
import type { BodyCaptureCreate, BodyCaptureEnd, CaptureEnd } from '../../../src-shared/publishing/body-capture.ts';
import type { EngineLog } from '../../connector/engine-runtime.ts';
import type { AppStateStore } from '../app-state-store.ts';
import { SpokenError, tellError } from '../spoken-error.ts';
import { BodyStore } from './body-store.ts';

interface Wanted {
  readonly account: NonNullable<AppState['account']>;
  readonly application: EngineApplication;
  readonly connector: NonNullable<AppState['connector']>;
}

/** How often the count of what is held is shown anew. */
const SHOW_INTERVAL_MS = 500;

/** How long the service's audit of a capture is waited for before the token is forgotten, or the app quits. */
export const CAPTURE_END_MS = 2000;

/** Waits before the end of a capture is told again to a service that could not take it; then it is given up. */
const TELL_AGAIN_MS = [2000, 10_000, 60_000] as const;

/** The service's audit, in the administrator's name. */
export interface CaptureAudit {
  /** @returns the id under which the capture stands in the audit */
  readonly start: (capture: BodyCaptureCreate) => Promise<string>;
  readonly end: (id: string, end: BodyCaptureEnd) => Promise<void>;
}

export interface CaptureControllerOptions {
  readonly state: AppStateStore;
  readonly log: EngineLog;
  /** Wall clock, ms since the epoch. */
  readonly now: () => number;
  readonly audit: CaptureAudit;
  /** Tells the engine. */
  readonly order: (order: CaptureOrder | null) => void;
}

/**
 * Captures of bodies: started by an administrator who is signed in, for minutes, for one application, once the service has it
 * in its audit; shown while they run, and written into the connector's log. What was captured stays in memory until it is
 * discarded, another capture begins, or the administrator signs out or the app ends.
 */
export class CaptureController {
  readonly #options: CaptureControllerOptions;
  readonly #bodies = new BodyStore();
  #endTimer: NodeJS.Timeout | null = null;
  #showTimer: NodeJS.Timeout | null = null;
  readonly #untoldEnds = new Set<Promise<void>>();
  #captured = 0;
  #isStarting = false;
  /** That of the capture that runs. */
  #auditId = '';
  /** Who ordered what is held, or runs. */
  #orderedBy: string | null = null;

  constructor(options: CaptureControllerOptions) {
    this.#options = options;
    options.state.onChange((state) => this.#onChange(state));
  }

  /**
   * @throws PosternError `ADMIN_SIGNIN_REQUIRED`, `API_FORBIDDEN` for readers, `API_NOT_FOUND` where the application is not served
   * here; what kept the service from noting it
   */
  async start(applicationId: string, minutes: number): Promise<void> {
    if (this.#isStarting) throw new SpokenError('API_INVALID', (text) => text.capture.starting);
    this.#isStarting = true;
    try {
      const { connector } = this.#require(applicationId);
      const { connectorId } = connector;
      const id = await this.#note({ applicationId, connectorId, minutes });
      try {
        // Meanwhile the engine or the sign-in may have gone.
        this.#begin(id, minutes, this.#require(applicationId));
      } catch (error) {
        this.#tellEnd(id, {
          reason: this.#options.state.current.account === null ? 'signedOut' : 'engineGone',
          requests: 0,
        });
        throw error;
      }
    } finally {
      this.#isStarting = false;
    }
  }

  #require(applicationId: string): Wanted {
    const { account, signIn, engine, connector } = this.#options.state.current;
    if (account === null || signIn.isRequired) throw new PosternError('ADMIN_SIGNIN_REQUIRED');
    if (account.access !== 'administrator') throw new PosternError('API_FORBIDDEN');
    const application = engine?.applications.find(({ id }) => id === applicationId);
    if (application === undefined || connector === null) {
      throw new SpokenError('API_NOT_FOUND', (text) => text.capture.notServed);
    }
    return { account, application, connector };
  }

  async #note(capture: BodyCaptureCreate): Promise<string> {
    try {
      return await this.#options.audit.start(capture);
    } catch (error) {
      if (!(error instanceof PosternError)) throw error;
      if (error.code === 'API_NOT_FOUND') throw new SpokenError('API_INVALID', (text) => text.capture.serviceTooOld);
      throw new SpokenError(error.code, (text, language) => text.capture.notAudited(tellError(error, language)), {
        cause: error,
      });
    }
  }

  #begin(auditId: string, minutes: number, { account, application }: Wanted): void {
    const { log, now, order } = this.#options;
    const applicationId = application.id;
    this.stop('stopped');
    this.#auditId = auditId;
    this.#orderedBy = account.userName;
    this.#bodies.clear();
    this.#captured = 0;
    const durationMs = minutes * 60_000;
    const untilMs = now() + durationMs;
    order({ applicationId, untilMs });
    this.#endTimer = setTimeout(() => this.stop('over'), durationMs);
    const { displayName } = application;
    const by = account.userName;
    log.warn({ applicationId, applicationName: displayName, minutes, by, auditId }, 'capture.started');
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
    const requests = this.#captured;
    this.#options.log.warn({ applicationId, applicationName, reason, requests }, 'capture.ended');
    this.#tellEnd(this.#auditId, { reason, requests });
    this.#show(null);
  }

  /** Resolves once the service has heard of the ends until now, or can't; at the latest after `atMostMs`. */
  async told(atMostMs: number): Promise<void> {
    await Promise.race([Promise.all(this.#untoldEnds), sleep(atMostMs, undefined, { ref: false })]);
  }

  /** In the background: an end that the service never hears of is the one that the start told, by its time. */
  #tellEnd(id: string, end: BodyCaptureEnd): void {
    const tell = async (): Promise<void> => {
      for (const waitMs of [...TELL_AGAIN_MS, null]) {
        try {
          await this.#options.audit.end(id, end);
          return;
        } catch (error) {
          if (waitMs === null) this.#options.log.warn({ auditId: id, error: String(error) }, 'capture.end-untold');
          else await sleep(waitMs, undefined, { ref: false });
        }
      }
    };
    const untold = tell().finally(() => this.#untoldEnds.delete(untold));
    this.#untoldEnds.add(untold);
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
    // Signed out, or signed in again as somebody else, who did not order them and stands in no audit.
    const isSomebodyElse = account?.userName !== this.#orderedBy;
    if (running !== null && engine === null) this.stop('engineGone');
    else if (running !== null && isSomebodyElse) this.stop('signedOut');
    if (isSomebodyElse && this.#bodies.size > 0) this.discard();
  }

  #show(running: CaptureState['running']): void {
    if (this.#showTimer !== null) clearTimeout(this.#showTimer);
    this.#showTimer = null;
    this.#options.state.set({ bodyCapture: { running, kept: this.#bodies.size } });
  }
}
