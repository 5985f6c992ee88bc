import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Revocations } from '../identity/revocations.ts';
import type { Session, Sessions } from '../identity/sessions.ts';
import type { ApplicationCatalog, PublishedApplication } from './application-catalog.ts';
import { judgeAccess } from './conditional-access/judge-access.ts';
import type { EdgeExchange } from './edge-exchange.ts';

/** From one look at what is under way to the next. */
const SWEEP_MS = 400;
/** How long a session is asked about after the last look that found something of it. */
const WATCHED_MS = 5000;
/** Sessions that are read from the store at once; the others wait for the next look. */
const PARALLEL_READS = 50;

export interface RunningExchangesOptions {
  readonly sessions: Pick<Sessions, 'watch' | 'read'>;
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  readonly catalog: Pick<ApplicationCatalog, 'match'>;
  readonly clock: () => number;
}

interface RunningExchange {
  readonly exchange: EdgeExchange;
  readonly hostname: string;
  readonly path: string;
  readonly remoteAddress: string;
  published: PublishedApplication;
  session: Session | null;
}

/**
 * What was let through and is not over: requests, streams, WebSockets. Whoever may not begin it any more does not go on with it
 * either (B21, B22): each is judged again when its session or its application is another one than before, and ends within a
 * second where the gate would refuse it now. While one is under way its session counts as used and its provider is asked.
 */
export class RunningExchanges {
  readonly #options: RunningExchangesOptions;
  readonly #running = new Map<EdgeExchange, RunningExchange>();
  readonly #reading = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: RunningExchangesOptions) {
    this.#options = options;
  }

  enter(
    exchange: EdgeExchange,
    hostname: string,
    path: string,
    remoteAddress: string,
    published: PublishedApplication,
    session: Session | null,
  ): void {
    this.#running.set(exchange, { exchange, hostname, path, remoteAddress, published, session });
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** Harmless for what never entered. */
  leave(exchange: EdgeExchange): void {
    this.#running.delete(exchange);
  }

  #sweep(): void {
    if (this.#running.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    const nowMs = this.#options.clock();
    for (const running of this.#running.values()) {
      const error = this.#findEnd(running, nowMs);
      if (error !== null) this.#end(running, error);
    }
  }

  #findEnd(running: RunningExchange, nowMs: number): PosternError | null {
    const { sessions, revocations, catalog } = this.#options;
    const published = catalog.match(running.hostname, running.path);
    const { session } = running;
    if (published !== running.published) {
      if (published?.application.id !== running.published.application.id) return gone();
      if (!published.application.onPremisesPublishing.isOnPremPublishingEnabled) return gone();
      running.published = published;
      if (!mayGoOn(running, nowMs)) return forbidden();
    }
    if (session === null) return null;
    if (session.expiresAtMs <= nowMs) return ended();
    if (isOfToken(session)) return revocations.isRevoked(session.userId, session.createdAtMs) ? ended() : null;
    const known = sessions.watch(session.id, nowMs + WATCHED_MS, true);
    if (known === undefined) this.#read(session.id);
    else if (known !== session) {
      running.session = known;
      if (known.expiresAtMs <= nowMs) return ended();
      if (!mayGoOn(running, nowMs)) return forbidden();
    }
    return null;
  }

  /** Memory holds it no more: it ended, changed, or was one too many. With the store down everything goes on. */
  #read(id: string): void {
    if (this.#reading.has(id) || this.#reading.size >= PARALLEL_READS) return;
    this.#reading.add(id);
    this.#options.sessions
      .read(id)
      .then(
        (session) => {
          if (session === null) this.#endAllOf(id);
        },
        () => undefined,
      )
      .finally(() => this.#reading.delete(id));
  }

  #endAllOf(sessionId: string): void {
    for (const running of this.#running.values()) {
      if (running.session?.id === sessionId) this.#end(running, ended());
    }
  }

  #end({ exchange }: RunningExchange, error: PosternError): void {
    this.#running.delete(exchange);
    exchange.cut(error);
  }
}

function mayGoOn({ published, session, remoteAddress }: RunningExchange, nowMs: number): boolean {
  return judgeAccess(published, { session, remoteAddress, nowMs }).kind === 'grant';
}

/** A token is in no store, and ends with its time or with a revocation of its user. */
function isOfToken({ id }: Session): boolean {
  return id.startsWith('token:');
}

function ended(): PosternError {
  return new PosternError('EDGE_UNAUTHENTICATED', { message: 'The session ended while the exchange was under way.' });
}

function forbidden(): PosternError {
  return new PosternError('EDGE_FORBIDDEN', {
    message: 'The user may not open the application any more; the exchange that was under way was cut.',
  });
}

function gone(): PosternError {
  return new PosternError('EDGE_NOT_FOUND', {
    message: 'The application was deleted, moved or disabled while the exchange was under way.',
  });
}
