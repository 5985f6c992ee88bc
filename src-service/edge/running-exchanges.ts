import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { issuedAtLeast } from '../identity/access-tokens.ts';
import { lastGoodMs } from '../identity/authentication-requirement.ts';
import { turnsOn } from '../identity/host-sign-outs.ts';
import type { Revocations } from '../identity/revocations.ts';
import type { Sessions } from '../identity/sessions.ts';
import type { Session } from '../identity/session.ts';
import type { ApplicationCatalog } from './application-catalog.ts';
import type { PublishedApplication } from './published-application.ts';
import type { CompiledPolicy } from './conditional-access/compile-policies.ts';
import { judgeAccess } from './conditional-access/judge-access.ts';
import type { EdgeExchange } from './edge-exchange.ts';

/** From one look at what is under way to the next. */
const SWEEP_MS = 400;
/** How long a session is asked about after the last look that found something of it. */
const WATCHED_MS = 5000;
/** Times of policies begin and end with a minute. */
const MINUTE_MS = 60_000;
/** What a download moves from one look to the next, octets; what brings less is news that come by themselves. */
const DOWNLOAD_BYTES = 4096;
/** Sessions that are read from the store at once; the others wait for the next look. */
const PARALLEL_READS = 50;

export interface RunningExchangesOptions {
  readonly sessions: Pick<Sessions, 'watch' | 'read'>;
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  readonly catalog: Pick<ApplicationCatalog, 'match' | 'addresses'>;
  readonly clock: () => number;
}

interface RunningExchange {
  readonly exchange: EdgeExchange;
  readonly hostname: string;
  readonly path: string;
  readonly remoteAddress: string;
  /** Whether its session may be in use by what it brings, and not by what its user sends alone. */
  readonly isDownload: boolean;
  /** What the user had sent at the last look, and what had been brought. */
  seenSent: number;
  seenBroughtBytes: number;
  published: PublishedApplication;
  /** The state of the catalog in which that is what serves it; null until the first look. */
  seenIn: readonly PublishedApplication[] | null;
  session: Session | null;
}

/**
 * What was let through and is not over: requests, streams, WebSockets. Whoever may not begin it any more does not go on with it
 * either (B21, B22): each is judged again when its session or its application is another one than before, when a minute begins and
 * a policy has times, or when its sign-in becomes too old for one, and ends within a second where the gate would refuse it now. While
 * one is under way the provider is asked about its session. That counts as used by what the user sends, by waiting for an answer, and
 * by a download; a stream or a WebSocket that brings a little now and then may be open where nobody sits.
 */
export class RunningExchanges {
  readonly #options: RunningExchangesOptions;
  /** In no order; each exchange knows its place. A `Map` would leave a trail, see `StreamTable`. */
  readonly #running: RunningExchange[] = [];
  readonly #reading = new Set<string>();
  #minute = 0;
  #lookedAtMs = 0;
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
    const isDownload = !('socket' in exchange.output) && !isForEvents(exchange);
    exchange.runningIndex = this.#running.length;
    this.#running.push({
      exchange,
      hostname,
      path,
      remoteAddress,
      isDownload,
      seenSent: 0,
      seenBroughtBytes: 0,
      published,
      seenIn: null,
      session,
    });
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** Harmless for what never entered. */
  leave(exchange: EdgeExchange): void {
    const { runningIndex } = exchange;
    const last = this.#running.at(-1);
    if (runningIndex === -1 || last === undefined) return;
    this.#running[runningIndex] = last;
    last.exchange.runningIndex = runningIndex;
    this.#running.pop();
    exchange.runningIndex = -1;
  }

  #sweep(): void {
    if (this.#running.length === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    const nowMs = this.#options.clock();
    const minute = Math.floor(nowMs / MINUTE_MS);
    const isNewMinute = minute !== this.#minute;
    this.#minute = minute;
    // From the end: where one leaves, the last comes into its place.
    for (let index = this.#running.length - 1; index >= 0; index -= 1) {
      const running = this.#running[index];
      if (running === undefined) continue;
      const error = this.#findEnd(running, nowMs, isNewMinute);
      if (error !== null) this.#end(running, error);
    }
    this.#lookedAtMs = nowMs;
  }

  #findEnd(running: RunningExchange, nowMs: number, isNewMinute: boolean): PosternError | null {
    const { sessions, revocations, catalog } = this.#options;
    const { session } = running;
    // A change makes another list; without one there is nothing to look for.
    const addresses = catalog.addresses();
    const isSeen = running.seenIn === addresses;
    const published = isSeen ? running.published : catalog.match(running.hostname, running.path);
    running.seenIn = addresses;
    if (published !== running.published) {
      if (published?.application.id !== running.published.application.id) return gone();
      if (!published.application.onPremisesPublishing.isOnPremPublishingEnabled) return gone();
      running.published = published;
      if (!mayGoOn(running, nowMs)) return forbidden();
    } else if (this.#isDue(running, nowMs, isNewMinute) && !mayGoOn(running, nowMs)) return forbidden();
    if (session === null) return null;
    if (session.expiresAtMs <= nowMs) return ended();
    if (isOfToken(session)) return revocations.isRevoked(session, issuedAtLeast(session)) ? ended() : null;
    const known = sessions.watch(session.id, nowMs, WATCHED_MS, takeUse(running));
    if (known === undefined) this.#read(session.id);
    else if (known !== session) {
      running.session = known;
      if (turnsOn(known, running.hostname) !== turnsOn(session, running.hostname)) return ended();
      if (known.expiresAtMs <= nowMs) return ended();
      if (!mayGoOn(running, nowMs)) return forbidden();
    }
    return null;
  }

  /** Whether time alone may have changed what a policy says since the last look. */
  #isDue({ published, session }: RunningExchange, nowMs: number, isNewMinute: boolean): boolean {
    // No closure: this is asked of everything that runs, two or three times a second.
    for (const policy of published.policies) {
      if (policy.state !== 'enabled') continue;
      if (isNewMinute && policy.isForTime !== null) return true;
      if (session !== null && hasAged(policy, session, this.#lookedAtMs, nowMs)) return true;
    }
    return false;
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
    for (const running of this.#running.filter(({ session }) => session?.id === sessionId)) this.#end(running, ended());
  }

  #end({ exchange }: RunningExchange, error: PosternError): void {
    this.leave(exchange);
    exchange.cut(error);
  }
}

/** Notes the policy that says no, for the access log. */
function mayGoOn({ exchange, published, session, remoteAddress }: RunningExchange, nowMs: number): boolean {
  const judgement = judgeAccess(published, { session, remoteAddress, nowMs });
  if ('policy' in judgement) exchange.record.policy = judgement.policy.displayName;
  return judgement.kind === 'grant';
}

/** Whether a sign-in became too old for a policy between two looks. */
function hasAged({ requirement }: CompiledPolicy, session: Session, fromMs: number, toMs: number): boolean {
  if (requirement === null || requirement.maxAgeSeconds === null) return false;
  const lastMs = lastGoodMs(session, requirement.maxAgeSeconds);
  return fromMs <= lastMs && lastMs < toMs;
}

/** Whether the session was in use since the last look. */
function takeUse(running: RunningExchange): boolean {
  const { exchange, isDownload, seenSent, seenBroughtBytes } = running;
  const { userPieces, requestBytes, responseBytes, firstByteMs } = exchange;
  const sent = exchange.isUpgrade ? userPieces : requestBytes;
  running.seenSent = sent;
  running.seenBroughtBytes = responseBytes;
  if (sent !== seenSent) return true;
  return isDownload && (firstByteMs < 0 || responseBytes - seenBroughtBytes >= DOWNLOAD_BYTES);
}

/** An `EventSource` and its like; the response's own type is known to the relay alone. */
function isForEvents({ request }: EdgeExchange): boolean {
  return request.headers.accept?.includes('text/event-stream') === true;
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
