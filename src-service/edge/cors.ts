import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { CorsConfiguration } from '../../src-shared/publishing/segments.ts';
import type { UserRequest } from '../relay/user-http.ts';
import type { Answer } from './answer.ts';
import { isPreflight } from './client-kind.ts';
import { isWithin, ruledPath } from './ruled-path.ts';

/** A CORS rule of a published address, ready for the decisions of a request. */
export interface CorsRule {
  /** Path on the host that the rule is for, decoded, with no slash at its end. */
  readonly path: string;
  readonly origins: ReadonlySet<string>;
  readonly methods: ReadonlySet<string>;
  /** Lower case. */
  readonly headers: ReadonlySet<string>;
  /** Beginnings of names, lower case. */
  readonly headerPrefixes: readonly string[];
  readonly maxAgeInSeconds: number;
}

/** What the rules say of a request that one of them is for. */
export type CorsDecision =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'refuse'; readonly error: PosternError }
  /** `headers` go with the response, whoever it comes from. */
  | { readonly kind: 'actual'; readonly headers: readonly string[] };

/** What a backend says of CORS itself, where rules say it in its stead. */
export const RULED_HEADERS: ReadonlySet<string> = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
]);

/** What a page may read of an answer of the service's own, beside what every page may. */
export const EXPOSED_HEADERS = 'WWW-Authenticate, Retry-After, X-Postern-Activity-Id';

const VARY = ['Vary', 'Origin'];
const VARY_PREFLIGHT = ['Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'];

/** The rules of an address, or null where there are none. @param pathPrefix path of the external URL, decoded */
export function corsRules(
  pathPrefix: string,
  configurations: readonly CorsConfiguration[],
): readonly CorsRule[] | null {
  if (configurations.length === 0) return null;
  return configurations.map(({ resource, allowedOrigins, allowedMethods, allowedHeaders, maxAgeInSeconds }) => {
    const names = allowedHeaders.map((name) => name.toLowerCase());
    return {
      path: ruledPath(pathPrefix, resource),
      origins: new Set(allowedOrigins),
      methods: new Set(allowedMethods),
      headers: new Set(names.filter((name) => !name.endsWith('*'))),
      headerPrefixes: names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)),
      maxAgeInSeconds,
    };
  });
}

/**
 * What CORS rules say of a request (B20; Fetch standard, section 3.2): a preflight is answered or refused here, any other
 * request goes on with the headers for its response. The origin is compared octet for octet. Null where no rule is for the path.
 * @param readings of the target; a rule permits only what it is for in every reading
 */
export function decideCors(
  rules: readonly CorsRule[],
  request: UserRequest,
  readings: readonly string[],
): CorsDecision | null {
  if (!rules.some((rule) => readings.some((reading) => isWithin(reading, rule.path)))) return null;
  const { origin } = request.headers;
  const permits = (rule: CorsRule, method: string): boolean =>
    origin !== undefined &&
    rule.origins.has(origin) &&
    rule.methods.has(method) &&
    readings.every((reading) => isWithin(reading, rule.path));
  if (!isPreflight(request)) {
    const isPermitted = rules.some((rule) => permits(rule, request.method ?? ''));
    return { kind: 'actual', headers: isPermitted && origin !== undefined ? [...allowing(origin), ...VARY] : VARY };
  }
  const method = request.headers['access-control-request-method'] ?? '';
  const names = splitNames(request.headers['access-control-request-headers'] ?? '');
  const rule = rules.find((each) => permits(each, method) && names.every((name) => permitsHeader(each, name)));
  if (rule === undefined || origin === undefined) {
    const message = 'No CORS rule of this application permits this origin, method and headers at this address.';
    return { kind: 'refuse', error: new PosternError('EDGE_PREFLIGHT', { message }) };
  }
  const headers = [...allowing(origin), 'Access-Control-Allow-Methods', [...rule.methods].join(', ')];
  if (names.length > 0) headers.push('Access-Control-Allow-Headers', names.join(', '));
  headers.push('Access-Control-Max-Age', String(rule.maxAgeInSeconds), ...VARY_PREFLIGHT);
  return { kind: 'answer', answer: { status: 204, headers, body: '' } };
}

function allowing(origin: string): string[] {
  return ['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Credentials', 'true'];
}

function permitsHeader(rule: CorsRule, name: string): boolean {
  return rule.headers.has(name) || rule.headerPrefixes.some((prefix) => name.startsWith(prefix));
}

function splitNames(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}
