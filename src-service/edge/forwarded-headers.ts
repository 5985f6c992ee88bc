import { KnownNames } from '../../src-shared/wire/known-names.ts';
import { withoutOwnCookies } from '../identity/cookies.ts';
import { ACTIVITY_ID_HEADER } from './activity.ts';
import type { ClientAddress } from './client-address.ts';
import { TraceContext, beginTraceparent } from './trace-context.ts';

/**
 * Never forwarded: hop-by-hop (RFC 9110 section 7.6.1), what the edge sets itself, `Expect`, which the relay answers,
 * `Host`, which travels as the authority of the head, `Proxy`, which CGI backends take for their own setting
 * (CVE-2016-5385), and what servers take for the address of the client or of the page, whoever says it.
 */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
  'host',
  'proxy',
  'forwarded',
  'x-forwarded',
  'client-ip',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-http-host-override',
  'x-original-host',
  'x-original-url',
  'x-real-ip',
  'x-rewrite-url',
]);
/** Dropped where their name is not spelt as HTTP has it: what frames or names the body is read in that spelling alone. */
const PLAIN_ONLY = new Set(['content-length', 'content-type', 'cookie', 'authorization']);
/** Names under which backends learn who the user is, ours and those of other proxies: only ours may arrive there (B30). */
const IDENTITY_PREFIX = /^x-(?:postern|forwarded)-/;
const ODD_NAME = /[^a-z\d-]/;
const NEITHER_LETTER_NOR_DIGIT = /[^a-z\d]/g;

/**
 * Whether no header of that name goes on as the client sent it.
 * @param canonical in lower case, with `-` for all that is neither letter nor digit
 */
export function isReservedHeader(canonical: string): boolean {
  return DROPPED.has(canonical) || PLAIN_ONLY.has(canonical) || IDENTITY_PREFIX.test(canonical);
}

/** What the name of a header of a request says about it. */
interface HeaderName {
  readonly lower: string;
  /** As `isReservedHeader` takes it. */
  readonly canonical: string;
  /** Whether no header of that name goes on, but for what upgrades and HTTP/2 keep. */
  readonly isDropped: boolean;
}

const names = new KnownNames((name): HeaderName => {
  const lower = name.toLowerCase();
  const isOdd = ODD_NAME.test(lower);
  // A backend that makes variables of header names, as CGI does, can't tell `_` or `.` from `-`.
  const canonical = isOdd ? lower.replace(NEITHER_LETTER_NOR_DIGIT, '-') : lower;
  const isDropped = (isOdd && PLAIN_ONLY.has(canonical)) || DROPPED.has(canonical) || IDENTITY_PREFIX.test(canonical);
  return { lower, canonical, isDropped };
});

export interface ForwardedHeadersInput {
  /** As they came: `name, value, name, value…`. */
  readonly rawHeaders: readonly string[];
  /** The value of `Connection`, joined; undefined where there is none. */
  readonly connection: string | undefined;
  readonly authority: string;
  readonly client: ClientAddress;
  readonly activityId: string;
  readonly isUpgrade: boolean;
  /** Whether `Authorization` was meant for us and stays here (B18). */
  readonly isAuthorizationWithheld: boolean;
  /** Whether the user's connection is HTTP/2, where `te: trailers` is no hop's business but the request's (gRPC). */
  readonly isHttp2: boolean;
  /** What tells the backend who the user is; null where nothing does. */
  readonly signOn?: {
    /** Names that no client may use there, as `canonicalHeaderName` has them. */
    readonly ownNames: ReadonlySet<string>;
    /** `name, value…` */
    readonly headers: readonly string[];
  } | null;
}

/**
 * The headers that go to the backend, in the order and number in which they came (B29): without hop-by-hop ones and
 * whatever Connection names, without our cookies (B15), without anything that claims to be ours (B30), and with
 * X-Forwarded-*, Forwarded (B28), the activity id and the trace (B33) set. An upgrade keeps its two headers.
 */
export function makeForwardedHeaders(input: ForwardedHeadersInput): string[] {
  const { rawHeaders, activityId, isUpgrade, isHttp2, isAuthorizationWithheld } = input;
  const named = input.connection === undefined ? null : connectionTokens(input.connection);
  const ownNames = input.signOn?.ownNames;
  const headers: string[] = [];
  let trace: TraceContext | null = null;
  let isSwitchSaid = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    let value = rawHeaders[index + 1] as string;
    const { lower, canonical, isDropped } = names.of(name);
    if (isUpgrade && lower === 'upgrade') {
      headers.push(name, value);
      // Once: a head of nothing but offers must not become twice as many headers.
      if (!isSwitchSaid) headers.push('Connection', 'Upgrade');
      isSwitchSaid = true;
      continue;
    }
    if (isHttp2 && lower === 'te' && value === 'trailers') {
      headers.push(name, value);
      continue;
    }
    if (isAuthorizationWithheld && lower === 'authorization') continue;
    if (isDropped || named?.has(lower) === true) continue;
    if (ownNames?.has(canonical) === true) continue;
    if (lower === 'cookie') {
      const kept = withoutOwnCookies(value);
      if (kept === null) continue;
      value = kept;
    } else if (lower === 'traceparent' || lower === 'tracestate') {
      (trace ??= new TraceContext()).take(lower, value);
      continue;
    }
    headers.push(name, value);
  }
  if (trace === null) headers.push('traceparent', beginTraceparent(activityId));
  else trace.append(headers, activityId);
  appendForwarded(headers, input);
  headers.push(ACTIVITY_ID_HEADER, activityId);
  if (input.signOn) headers.push(...input.signOn.headers);
  return headers;
}

/** Scheme and host stand with the first node: they are those of the hop on which the user is. */
function appendForwarded(headers: string[], { client, authority }: ForwardedHeadersInput): void {
  const { chain, scheme } = client;
  let forwarded = '';
  for (const node of chain) {
    const identifier = node.includes(':') ? `"[${node}]"` : node;
    forwarded += forwarded === '' ? `for=${identifier};host="${authority}";proto=${scheme}` : `, for=${identifier}`;
  }
  headers.push(
    'X-Forwarded-For',
    chain.length === 1 ? (chain[0] as string) : chain.join(', '),
    'X-Forwarded-Host',
    authority,
    'X-Forwarded-Proto',
    scheme,
    'Forwarded',
    forwarded,
  );
}

/** Connection must not be used to remove what the service relies on, so these stay whatever it names. */
const NEVER_NAMED = new Set(['cookie', 'content-length', 'content-type', 'authorization', 'traceparent']);

function connectionTokens(connection: string): Set<string> | null {
  // What nearly all say, and a header of that name is dropped anyhow.
  if (connection === 'keep-alive' || connection === 'Keep-Alive') return null;
  const tokens = connection
    .toLowerCase()
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '' && !NEVER_NAMED.has(token));
  return tokens.length === 0 ? null : new Set(tokens);
}
