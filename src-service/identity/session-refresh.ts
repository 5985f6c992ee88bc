import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { RenewedSession, SessionRecord } from '../store/session-record.ts';
import type { ProviderUser } from '../store/user-revocation-records.ts';
import { contextsOf } from './authentication-requirement.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { RefreshAnswer } from './refresh-answer.ts';
import { readSessionClaims } from './session-claims.ts';
import type { SignedInPerson } from './signed-in-person.ts';

/** What the refresh needs of the store. */
export interface RefreshStore {
  readonly sessions: {
    claimRefresh(id: string, seenAtMs: number, nowMs: number): Promise<SessionRecord | null>;
    renew(id: string, renewed: RenewedSession, isAnnounced: boolean): Promise<boolean>;
    remove(id: string): Promise<unknown>;
  };
  readonly userRevocations: { revoke(user: ProviderUser, context: null): Promise<unknown> };
}

export interface SessionRefreshOptions {
  readonly store: RefreshStore;
  /** The provider that signed someone in; undefined where it is configured no more. */
  readonly providerOf: (providerId: string) => { refresh(record: SessionRecord): Promise<RefreshAnswer> } | undefined;
  /** From one question about a session to the next; 0: nobody is asked. */
  readonly intervalMs: number;
  readonly clock: () => number;
  readonly random: () => number;
  readonly log: Logger;
}

/** A session in memory, and when its provider is asked. */
export interface RefreshedSession {
  readonly session: { readonly id: string; readonly providerId: string };
  /** As the store has it, so that one node alone asks. */
  refreshedAtMs: number;
  /** When the provider is asked in the background; Infinity where it can't be. */
  askDueAtMs: number;
  /** From then on a request waits for the answer: who was disabled must not come back after a pause (B22). */
  staleAtMs: number;
}

/**
 * - `unchanged`, also where nobody could say;
 * - `outdated`: what is in memory is no longer what the store has;
 * - `ended`: the provider lets the user in no more.
 */
export type RefreshOutcome = 'unchanged' | 'outdated' | 'ended';

/** Age at which an answer is stale, in intervals: with the default of 45 s a disabled user is out after 60 s. */
const STALE_INTERVALS = 4 / 3;
/** What chance may take off an interval, so that sessions of one morning don't all come at once. */
const JITTER = 0.2;

/** Asks providers whether users may still come in, by the refresh tokens of their sessions (RFC 6749 section 6). */
export class SessionRefresh {
  readonly #options: SessionRefreshOptions;
  readonly #running = new Map<string, Promise<RefreshOutcome>>();
  readonly #waiting: (() => void)[] = [];
  #active = 0;
  /** Of providers that did not answer, until when they are left alone. */
  readonly #silentUntilMs = new Map<string, number>();

  constructor(options: SessionRefreshOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#options.intervalMs > 0;
  }

  /** Sets when a session is asked about next. @param askedAtMs when it was last */
  schedule(session: RefreshedSession, askedAtMs: number, hasRefreshToken: boolean): void {
    const { intervalMs, random } = this.#options;
    const isAsked = this.isOn && hasRefreshToken;
    session.askDueAtMs = isAsked ? askedAtMs + intervalMs * (1 - JITTER * random()) : Infinity;
    session.staleAtMs = isAsked ? askedAtMs + intervalMs * STALE_INTERVALS : Infinity;
  }

  /** Whether a provider did not answer the last time: then nobody should wait for it. */
  isSilent(providerId: string): boolean {
    return this.#silentUntilMs.has(providerId);
  }

  /** How many may be begun before others must wait. */
  get freeSlots(): number {
    return IDENTITY_LIMITS.parallelRefreshes - this.#active - this.#waiting.length;
  }

  /** Asks about a session, once however many want to know. Never rejects. */
  ask(session: RefreshedSession): Promise<RefreshOutcome> {
    const { id } = session.session;
    const running = this.#running.get(id);
    if (running !== undefined) return running;
    if (this.#waiting.length >= IDENTITY_LIMITS.waitingRefreshes) return Promise.resolve('unchanged');
    const asked = this.#askInTurn(session).finally(() => this.#running.delete(id));
    this.#running.set(id, asked);
    return asked;
  }

  async #askInTurn(session: RefreshedSession): Promise<RefreshOutcome> {
    if (this.#active >= IDENTITY_LIMITS.parallelRefreshes) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#active++;
    }
    try {
      return await this.#ask(session);
    } catch (error) {
      // The store is down: sessions go on from memory.
      this.#options.log.warn({ err: error }, 'sessions.refresh_failed');
      return 'unchanged';
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#active--;
      else next();
    }
  }

  async #ask(session: RefreshedSession): Promise<RefreshOutcome> {
    const { store, providerOf, clock, log } = this.#options;
    const nowMs = clock();
    const { id, providerId } = session.session;
    // Whatever comes of it, the next question is an interval away.
    this.schedule(session, nowMs, true);
    if ((this.#silentUntilMs.get(providerId) ?? 0) > nowMs) return 'unchanged';
    const record = await store.sessions.claimRefresh(id, session.refreshedAtMs, nowMs);
    if (record === null) return 'outdated';
    session.refreshedAtMs = nowMs;
    const { userId } = record;
    const provider = providerOf(providerId);
    if (provider === undefined || record.refreshToken === null) {
      this.schedule(session, nowMs, false);
      return 'unchanged';
    }
    const answer = await provider.refresh(record);
    if (answer.kind === 'unavailable') {
      this.#silentUntilMs.set(providerId, clock() + IDENTITY_LIMITS.refreshRetryMs);
      log.warn({ err: answer.cause, providerId }, 'sessions.provider_unavailable');
      return 'unchanged';
    }
    this.#silentUntilMs.delete(providerId);
    if (answer.kind === 'refused') {
      log.info({ userId, providerId, reason: answer.reason }, 'sessions.refresh_refused');
      const ending = answer.isUserDisabled
        ? store.userRevocations.revoke({ userId, providerId }, null)
        : store.sessions.remove(id);
      await ending.catch((error: unknown) => log.error({ err: error, userId }, 'sessions.end_not_written'));
      return 'ended';
    }
    const renewed = renew(record, answer);
    const isChanged = !isDeepStrictEqual(visibleParts(record), visibleParts({ ...record, ...renewed }));
    const isRunning = await store.sessions.renew(id, renewed, isChanged);
    return isRunning && !isChanged ? 'unchanged' : 'outdated';
  }
}

/** What a session has proved stays proved (docs/access-rules.md): providers may say less at a refresh than at the sign-in. */
function renew(record: SessionRecord, { person, refreshToken }: RefreshAnswer & { kind: 'renewed' }): RenewedSession {
  const kept = { ...record, refreshToken: refreshToken ?? record.refreshToken };
  if (person === null) return kept;
  const { displayName, userPrincipalName, groups, roles, idToken } = person;
  return {
    ...kept,
    displayName,
    userPrincipalName,
    groups,
    roles,
    idToken,
    providerSessionId: person.providerSessionId ?? record.providerSessionId,
    authenticatedAtMs: Math.max(person.authenticatedAtMs ?? 0, record.authenticatedAtMs),
    acr: person.acr ?? record.acr,
    amr: [...new Set([...record.amr, ...person.amr])],
    provenContexts: provenContexts(record, person),
  };
}

function provenContexts(record: SessionRecord, person: SignedInPerson): readonly string[] {
  const before = contextsOf({ ...record, claims: readSessionClaims(record.idToken) });
  const repeated = contextsOf({ ...person, claims: readSessionClaims(person.idToken), provenContexts: [] });
  const unrepeated = new Set(before.filter((context) => !repeated.includes(context)));
  return [...unrepeated].slice(0, IDENTITY_LIMITS.provenContexts);
}

/** What decisions and backends go by. A token that is new with all else as before makes no new session of it. */
function visibleParts(record: SessionRecord): object {
  const { idToken, refreshToken: _, refreshedAtMs: __, lastUsedAtMs: ___, ...visible } = record;
  return { ...visible, claims: readSessionClaims(idToken) };
}
