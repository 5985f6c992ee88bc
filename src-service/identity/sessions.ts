import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { SessionRecord } from '../store/session-record.ts';
import { EVERY_ID } from '../store/unit-of-work.ts';
import type { SealedTokens } from './sealed-tokens.ts';
import { type SessionClaims, readSessionClaims } from './session-claims.ts';

/** What sessions need of the store. */
export interface SessionStore {
  readonly sessions: {
    find(id: string): Promise<SessionRecord | null>;
    create(session: SessionRecord): Promise<void>;
    remove(id: string): Promise<unknown>;
  };
  onChange(listener: (change: { readonly kind: string; readonly id: string }) => void): () => void;
}

/** Who is signed in, as the decisions of a request need it. */
export type Session = Omit<SessionRecord, 'idToken'> & {
  /** What the provider said beside; read with `claimValues`. Absent where nobody asked the store yet. */
  readonly claims?: SessionClaims;
  /** A program came for itself, with an access token: its ids and roles are never a user's. */
  readonly isApplication?: boolean;
};

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly tokens: SealedTokens;
  readonly clock: () => number;
}

interface OpenedCookie {
  readonly hostname: string;
  readonly sessionId: string;
  readonly expiresAtMs: number;
}

/**
 * Sessions and the sealed cookies that name them (B15). A cookie is opened once and its session read once; after that a
 * request costs two look-ups in memory. A session that ends or changes in the store is forgotten here at once, so that
 * every host of the browser loses it together; with the store down, what is in memory stays good until it expires.
 */
export class Sessions {
  readonly #store: SessionStore;
  readonly #tokens: SealedTokens;
  readonly #clock: () => number;
  readonly #opened = new LRUCache<string, OpenedCookie>({ max: IDENTITY_LIMITS.openedCookies });
  readonly #known = new LRUCache<string, Session>({ max: IDENTITY_LIMITS.cachedSessions });
  /** Rises with each change: a record that was being read meanwhile must not be kept. */
  #changes = 0;
  readonly #unsubscribe: () => void;

  constructor(options: SessionsOptions) {
    this.#store = options.store;
    this.#tokens = options.tokens;
    this.#clock = options.clock;
    this.#unsubscribe = options.store.onChange((change) => {
      if (change.kind !== 'session') return;
      this.#changes++;
      if (change.id === EVERY_ID) this.#known.clear();
      else this.#known.delete(change.id);
    });
  }

  stop(): void {
    this.#unsubscribe();
  }

  /** The session behind a cookie that was opened before; undefined where `open` must look. Does no work but look-ups. */
  findOpened(cookie: string, hostname: string): Session | undefined {
    const opened = this.#opened.get(cookie);
    if (opened === undefined || opened.hostname !== hostname) return undefined;
    const session = this.#known.get(opened.sessionId);
    if (session === undefined) return undefined;
    const now = this.#clock();
    return opened.expiresAtMs > now && session.expiresAtMs > now ? session : undefined;
  }

  /**
   * The session behind a cookie, or null: forged, for another host, expired, ended.
   * @throws PosternError `STORE_UNAVAILABLE`
   */
  async open(cookie: string, hostname: string): Promise<Session | null> {
    if (cookie.length > IDENTITY_LIMITS.cookieBytes) return null;
    const known = this.findOpened(cookie, hostname);
    if (known !== undefined) return known;
    const claims = await this.#tokens.open('postern-session', hostname, cookie);
    if (claims === null || typeof claims['sid'] !== 'string' || typeof claims['exp'] !== 'number') return null;
    const session = await this.read(claims['sid']);
    if (session === null) return null;
    this.#opened.set(cookie, { hostname, sessionId: session.id, expiresAtMs: claims['exp'] * 1000 });
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

  /** A running session by its id, or null. @throws PosternError `STORE_UNAVAILABLE` */
  async read(id: string): Promise<Session | null> {
    const known = this.#known.get(id);
    if (known !== undefined) return known.expiresAtMs > this.#clock() ? known : null;
    const changes = this.#changes;
    const record = await this.#readRecord(id);
    if (record === null || record.expiresAtMs <= this.#clock()) return null;
    const { idToken, ...fields } = record;
    const session: Session = { ...fields, claims: readSessionClaims(idToken) };
    if (changes === this.#changes) this.#known.set(id, session);
    return session;
  }

  /** The ID token that began a session, as the hint for the provider's sign-out; null where there is none. */
  async readIdToken(id: string): Promise<string | null> {
    return (await this.#readRecord(id))?.idToken ?? null;
  }

  /** Begins a session of `IDENTITY_LIMITS.sessionMs`. @throws PosternError `STORE_UNAVAILABLE` */
  async create(person: Omit<SessionRecord, 'id' | 'createdAtMs' | 'expiresAtMs'>): Promise<Session> {
    const createdAtMs = this.#clock();
    const record: SessionRecord = {
      ...person,
      id: randomBytes(24).toString('base64url'),
      createdAtMs,
      expiresAtMs: createdAtMs + IDENTITY_LIMITS.sessionMs,
    };
    await guardStore(() => this.#store.sessions.create(record));
    const { idToken: _, ...session } = record;
    return session;
  }

  /** Ends a session on every host. @throws PosternError `STORE_UNAVAILABLE` */
  async end(id: string): Promise<void> {
    await guardStore(() => this.#store.sessions.remove(id));
    this.#changes++;
    this.#known.delete(id);
  }

  /** Seals the cookie value by which `hostname`, and no other, knows the session. */
  sealCookie(session: Session, hostname: string): Promise<string> {
    return this.#tokens.seal('postern-session', hostname, { sid: session.id }, session.expiresAtMs);
  }

  async #readRecord(id: string): Promise<SessionRecord | null> {
    return guardStore(() => this.#store.sessions.find(id));
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
