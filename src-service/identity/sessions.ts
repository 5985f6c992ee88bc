import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { SessionRecord, SessionUse } from '../store/session-record.ts';
import { EVERY_ID } from '../store/unit-of-work.ts';
import { deviceDisplayName } from './device-display-name.ts';
import { isSignedOutOf, turnsOn } from './host-sign-outs.ts';
import type { SealedTokens } from './sealed-tokens.ts';
import { readSessionClaims } from './session-claims.ts';
import type { RefreshOutcome, SessionRefresh } from './session-refresh.ts';
import { type KnownSession, type OpenedCookie, linkCookie, unlinkCookies } from './known-session.ts';
import { RecentMap } from './recent-map.ts';
import { SessionUses } from './session-uses.ts';
import type { Session } from './session.ts';

/** What sessions need of the store. */
export interface SessionStore {
  readonly sessions: {
    find(id: string): Promise<SessionRecord | null>;
    create(session: SessionRecord): Promise<void>;
    remove(id: string): Promise<unknown>;
    turnOnHost(id: string, hostname: string, turns: number): Promise<void>;
    noteUses(uses: readonly SessionUse[]): Promise<void>;
  };
  onChange(listener: (change: { readonly kind: string; readonly id: string }) => void): () => void;
}

/** What a sign-in gives to a new session. */
export type NewSession = Omit<
  SessionRecord,
  'id' | 'createdAtMs' | 'expiresAtMs' | 'deviceDisplayName' | 'signedOutHosts' | 'refreshedAtMs' | 'lastUsedAtMs'
>;

/** How long sessions last, ms. */
export interface SessionLifetimes {
  /** From the sign-in on, whatever happens. */
  readonly absoluteMs: number;
  /** Without a use. */
  readonly idleMs: number;
}

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly tokens: SealedTokens;
  readonly lifetimes: SessionLifetimes;
  readonly refresh: SessionRefresh;
  readonly clock: () => number;
  readonly log: Logger;
}

/** How exactly is known which sessions were used longest ago. */
const KEPT_EVERY_MS = 1000;

/**
 * Sessions and the sealed cookies that name them (B15). A cookie is opened once and its session read once; after that a
 * request costs one look-up in memory. A session that ends or changes in the store is forgotten here at once, so that
 * every host of the browser loses it together; with the store down, what is in memory stays good until it expires.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #uses: SessionUses;
  readonly #opened = new RecentMap<string, OpenedCookie>(IDENTITY_LIMITS.openedCookies);
  readonly #known: LRUCache<string, KnownSession>;
  /** Providers that gave no refresh token: their users are out with a logout of theirs, or as the session ends. */
  readonly #unrefreshable = new Set<string>();
  /** Rises with each change: a record that was being read meanwhile must not be kept. */
  #changes = 0;
  readonly #unsubscribe: () => void;

  constructor(options: SessionsOptions) {
    const { store, log } = options;
    this.#options = options;
    this.#uses = new SessionUses((uses) => store.sessions.noteUses(uses), log);
    this.#known = new LRUCache({
      max: IDENTITY_LIMITS.cachedSessions,
      dispose: (known) => this.#leave(known),
    });
    this.#unsubscribe = store.onChange((change) => {
      if (change.kind !== 'session') return;
      if (change.id === EVERY_ID) this.#forgetAll();
      else this.#forget(change.id);
    });
  }

  /** Sessions in memory: those that were used of late. */
  get cached(): number {
    return this.#known.size;
  }

  /** Writes down what only memory knows. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.writeUses(0);
  }

  /**
   * The session behind a cookie that was opened before; undefined where `open` must look. Does no work but look-ups, and
   * counts as a use of the session.
   */
  findOpened(cookie: string, hostname: string): Session | undefined {
    const opened = this.#opened.get(tagOf(cookie));
    if (opened === undefined || opened.cookie !== cookie || opened.hostname !== hostname) return undefined;
    const nowMs = this.#options.clock();
    const known = opened.known ?? this.#link(opened);
    if (known === null || opened.turns !== (known.hasTurns ? turnsOn(known.session, hostname) : 0)) return undefined;
    if (nowMs - known.keptAtMs >= KEPT_EVERY_MS) {
      known.keptAtMs = nowMs;
      this.#known.get(opened.sessionId);
    }
    if (opened.expiresAtMs <= nowMs || !this.#isRunning(known, nowMs) || known.staleAtMs <= nowMs) return undefined;
    known.lastUsedAtMs = nowMs;
    return known.session;
  }

  /**
   * The session behind a cookie, or null: forged, for another host, expired, ended. Counts as a use of the session.
   * @throws PosternError `STORE_UNAVAILABLE`
   */
  async open(cookie: string, hostname: string): Promise<Session | null> {
    if (cookie.length > IDENTITY_LIMITS.cookieBytes) return null;
    const found = this.findOpened(cookie, hostname);
    if (found !== undefined) return found;
    const claims = await this.#options.tokens.open('postern-session', hostname, cookie);
    if (claims === null || typeof claims['sid'] !== 'string' || typeof claims['exp'] !== 'number') return null;
    const session = await this.read(claims['sid']);
    if (session === null) return null;
    const turns = typeof claims['turns'] === 'number' ? claims['turns'] : 0;
    if (turns !== turnsOn(session, hostname) || isSignedOutOf(session, hostname)) return null;
    const opened = { cookie, hostname, sessionId: session.id, expiresAtMs: claims['exp'] * 1000, turns };
    this.#opened.set(tagOf(cookie), { ...opened, known: null, isRecent: false });
    const known = this.#known.get(session.id);
    if (known !== undefined) known.lastUsedAtMs = this.#options.clock();
    return session;
  }

  /**
   * The session behind the session cookies of one request, or null. Without the `__Host-` prefix another host of the domain can
   * set one beside ours: what opens nothing is passed over, and sessions of two people are refused, lest one work as the other.
   * @throws PosternError `SIGNIN_CONFLICT`, `STORE_UNAVAILABLE`
   */
  async openAny(cookies: readonly string[], hostname: string): Promise<Session | null> {
    if (cookies.length > IDENTITY_LIMITS.sameNameCookies) throw new PosternError('SIGNIN_CONFLICT');
    let found: Session | null = null;
    for (const cookie of cookies) {
      const session = await this.open(cookie, hostname);
      if (session === null) continue;
      if (found !== null && found.userId !== session.userId) throw new PosternError('SIGNIN_CONFLICT');
      if (found === null || found.createdAtMs < session.createdAtMs) found = session;
    }
    return found;
  }

  /**
   * A running session by its id, or null. Waits for the provider where it was not asked for too long.
   * @throws PosternError `STORE_UNAVAILABLE`
   */
  async read(id: string): Promise<Session | null> {
    const { clock, refresh } = this.#options;
    const known = await this.#find(id);
    if (known === null || known.staleAtMs > clock()) return known?.session ?? null;
    if (refresh.isSilent(known.session.providerId)) {
      void this.#ask(known);
      return known.session;
    }
    const outcome = await withinMs(this.#ask(known), IDENTITY_LIMITS.refreshWaitMs, 'unchanged');
    if (outcome === 'ended') return null;
    return (await this.#find(id))?.session ?? null;
  }

  /** The ID token that began a session or renewed it last, as the hint for the provider's sign-out; null where there is none. */
  async readIdToken(id: string): Promise<string | null> {
    return (await this.#readRecord(id))?.idToken ?? null;
  }

  /** Begins a session. @throws PosternError `STORE_UNAVAILABLE` */
  async create(person: NewSession): Promise<Session> {
    const { store, lifetimes, refresh, clock } = this.#options;
    const nowMs = clock();
    const userAgent = person.userAgent.slice(0, IDENTITY_LIMITS.userAgentLength);
    const record: SessionRecord = {
      ...person,
      id: randomBytes(24).toString('base64url'),
      createdAtMs: nowMs,
      expiresAtMs: nowMs + lifetimes.absoluteMs,
      userAgent,
      deviceDisplayName: deviceDisplayName(userAgent),
      signedOutHosts: {},
      // Nobody keeps a secret that is of no use.
      refreshToken: refresh.isOn ? person.refreshToken : null,
      refreshedAtMs: nowMs,
      lastUsedAtMs: nowMs,
    };
    await guardStore(() => store.sessions.create(record));
    if (refresh.isOn && person.refreshToken === null) this.#warnOfNoRefresh(person.providerId);
    return sessionOf(record);
  }

  /** Ends a session on every host. @throws PosternError `STORE_UNAVAILABLE` */
  async end(id: string): Promise<void> {
    await guardStore(() => this.#options.store.sessions.remove(id));
    this.#forget(id);
  }

  /**
   * Ends a session on one host alone: cookies that it has there open nothing any more. Where it was signed out of too many hosts
   * by themselves it ends as a whole. @throws PosternError `STORE_UNAVAILABLE`
   */
  async endOnHost(session: Session, hostname: string): Promise<void> {
    if (isSignedOutOf(session, hostname)) return;
    const others = Object.keys(session.signedOutHosts).filter((other) => other !== hostname);
    if (others.length >= IDENTITY_LIMITS.signedOutHosts) await this.end(session.id);
    else await this.#turn(session, hostname);
  }

  /** Lets a session in again on a host that it was signed out of. @returns the session as it is then, null where it has ended */
  async enterHost(session: Session, hostname: string): Promise<Session | null> {
    if (!isSignedOutOf(session, hostname)) return session;
    await this.#turn(session, hostname);
    return this.read(session.id);
  }

  /** Seals the cookie value by which `hostname`, and no other, knows the session. */
  sealCookie(session: Session, hostname: string): Promise<string> {
    const turns = turnsOn(session, hostname);
    const claims = turns === 0 ? { sid: session.id } : { sid: session.id, turns };
    return this.#options.tokens.seal('postern-session', hostname, claims, session.expiresAtMs);
  }

  /** Notes that a session opens an application. Does no work but a look-up where the one before was the same. */
  noteApplication(id: string, applicationId: string): void {
    const known = this.#known.peek(id);
    if (known === undefined || known.lastApplicationId === applicationId) return;
    known.lastApplicationId = applicationId;
    if (known.unwrittenApplicationIds.includes(applicationId)) return;
    if (known.notedApplications >= IDENTITY_LIMITS.notedApplications) return;
    known.notedApplications++;
    known.unwrittenApplicationIds = [...known.unwrittenApplicationIds, applicationId];
  }

  /** When a session was used last, as far as memory knows; 0 where it doesn't. */
  lastUseOf(id: string): number {
    return this.#known.peek(id)?.lastUsedAtMs ?? this.#uses.lastUseOf(id);
  }

  /**
   * Keeps asking the provider about a session for `forMs`: something that it began is under way. Makes no object, for there may be
   * ten thousand at once.
   * @param isUsed whether that counts as a use
   * @returns the session as memory has it; where it hasn't, or holds it for over, `read` says what the store has
   */
  watch(id: string, nowMs: number, forMs: number, isUsed: boolean): Session | undefined {
    const known = this.#known.peek(id);
    if (known === undefined) return undefined;
    if (isUsed) known.lastUsedAtMs = nowMs;
    if (!this.#isRunning(known, nowMs)) return undefined;
    known.watchedUntilMs = nowMs + forMs;
    return known.session;
  }

  /** Writes down the uses of sessions of which the store is behind by so much. Never rejects. */
  writeUses(behindMs: number): Promise<void> {
    return this.#uses.writeDue(this.#known.values(), behindMs);
  }

  /** Begins to ask providers about the sessions that are due, as many as may be asked about at once. */
  refreshDue(): void {
    const { refresh, clock } = this.#options;
    const nowMs = clock();
    const usedSinceMs = nowMs - IDENTITY_LIMITS.usedLatelyMs;
    let free = refresh.freeSlots;
    for (const known of this.#known.values()) {
      if (free <= 0) return;
      if (known.askDueAtMs > nowMs || !this.#isRunning(known, nowMs)) continue;
      if (known.lastUsedAtMs < usedSinceMs && known.watchedUntilMs < nowMs) continue;
      free--;
      void this.#ask(known);
    }
  }

  #link(opened: OpenedCookie): KnownSession | null {
    const known = this.#known.get(opened.sessionId) ?? null;
    if (known !== null) linkCookie(opened, known);
    return known;
  }

  /** A session leaves the memory: no cookie leads to it from now on. */
  #leave(known: KnownSession): void {
    unlinkCookies(known);
    this.#uses.leave(known);
  }

  async #ask(known: KnownSession): Promise<RefreshOutcome> {
    const outcome = await this.#options.refresh.ask(known);
    if (outcome !== 'unchanged') this.#forget(known.session.id);
    return outcome;
  }

  /** Once: it lies in how the provider is set up. */
  #warnOfNoRefresh(providerId: string): void {
    if (this.#unrefreshable.has(providerId)) return;
    this.#unrefreshable.add(providerId);
    this.#options.log.warn({ providerId }, 'sessions.no_refresh_token');
  }

  #isRunning(known: KnownSession, nowMs: number): boolean {
    return known.session.expiresAtMs > nowMs && nowMs - known.lastUsedAtMs < this.#options.lifetimes.idleMs;
  }

  /** From memory or the store. Where memory holds it for unused, another node may know better. */
  async #find(id: string): Promise<KnownSession | null> {
    const { clock, lifetimes, refresh } = this.#options;
    const remembered = this.#known.get(id);
    if (remembered !== undefined && this.#isRunning(remembered, clock())) return remembered;
    this.#known.delete(id);
    const changes = this.#changes;
    const record = await this.#readRecord(id);
    if (record === null) return null;
    const { createdAtMs, lastUsedAtMs, refreshToken, refreshedAtMs } = record;
    // A lifetime that was shortened holds for sessions that are running.
    const expiresAtMs = Math.min(record.expiresAtMs, createdAtMs + lifetimes.absoluteMs);
    const known: KnownSession = {
      session: { ...sessionOf(record), expiresAtMs },
      lastUsedAtMs: Math.max(lastUsedAtMs, this.#uses.lastUseOf(id)),
      writtenUseAtMs: lastUsedAtMs,
      unwrittenApplicationIds: [],
      refreshedAtMs,
      askDueAtMs: Infinity,
      staleAtMs: Infinity,
      watchedUntilMs: 0,
      lastApplicationId: '',
      notedApplications: 0,
      openedBy: [],
      hasTurns: Object.keys(record.signedOutHosts).length > 0,
      keptAtMs: 0,
    };
    refresh.schedule(known, refreshedAtMs, refreshToken !== null);
    if (!this.#isRunning(known, clock())) return null;
    if (changes === this.#changes) this.#known.set(id, known);
    return known;
  }

  async #turn(session: Session, hostname: string): Promise<void> {
    const turns = turnsOn(session, hostname) + 1;
    await guardStore(() => this.#options.store.sessions.turnOnHost(session.id, hostname, turns));
    this.#forget(session.id);
  }

  #forget(id: string): void {
    this.#changes++;
    this.#known.delete(id);
  }

  /** What changed while news of it could not come is not known. */
  #forgetAll(): void {
    this.#changes++;
    this.#known.clear();
  }

  async #readRecord(id: string): Promise<SessionRecord | null> {
    return guardStore(() => this.#options.store.sessions.find(id));
  }
}

/** Characters of the tag, base64url, in which a sealed cookie ends. */
const TAG_LENGTH = 22;

/** What tells a cookie from others: hashing all of it for a look-up would cost each request as much as the rest of its session. */
function tagOf(cookie: string): string {
  return cookie.slice(-TAG_LENGTH);
}

/** What decisions need of a record. */
export function sessionOf(record: SessionRecord): Session {
  const { idToken, refreshToken: _, refreshedAtMs: __, lastUsedAtMs: ___, ...fields } = record;
  return { ...fields, claims: readSessionClaims(idToken) };
}

async function withinMs<T>(promise: Promise<T>, ms: number, otherwise: T): Promise<T> {
  const { promise: late, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(otherwise), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function guardStore<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof PosternError) throw error;
    throw new PosternError('STORE_UNAVAILABLE', { cause: error });
  }
}
