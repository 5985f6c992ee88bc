import type { FastifyRequest, InjectOptions, LightMyRequestResponse } from 'fastify';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ADMIN_API_PATH } from '../config/service-addresses.ts';
import { ACTIVITY_ID_HEADER } from '../edge/activity.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { apiErrorBody } from './api-errors.ts';

const PATH = '/$batch';
/** Graph's own bound. */
const MAX_REQUESTS = 20;
/** Answers that have no end. */
const ENDLESS = `${ADMIN_API_PATH}/postern/traffic/stream`;
/** What a request in a batch may say in its head; who asks, and from where, is the batch's to say. */
const REQUEST_HEADERS = ['Accept', 'Content-Type', 'If-Match', 'If-None-Match', 'Idempotency-Key', 'Prefer'] as const;
/** What is told of the head of an answer, in the case that Microsoft's client looks for. */
const ANSWER_HEADERS = [
  'Content-Type',
  'Location',
  'ETag',
  'Allow',
  'Retry-After',
  'Preference-Applied',
  'Idempotency-Replayed',
] as const;

const requestSchema = z.strictObject({
  id: z.string().min(1).max(128),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string().max(4096).describe('Below the API, e.g. `/applications?$top=5`.'),
  headers: z.record(z.string(), z.string().max(4096)).optional(),
  body: z.unknown().optional().describe('JSON; where the Content-Type is another, its octets in base64.'),
  dependsOn: z.array(z.string()).max(MAX_REQUESTS).optional().describe('Those that must have worked before.'),
});
type BatchRequest = z.infer<typeof requestSchema>;

const bodySchema = z.strictObject({ requests: z.array(requestSchema).min(1).max(MAX_REQUESTS) });

interface BatchAnswer {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * Graph's JSON batching, `POST /$batch`: up to 20 requests in one. Each goes the whole way of a request of its own, with the
 * caller's token, and has an activity of its own; there is no transaction around them.
 * @param root the server that has all routes
 */
export function registerBatchRoute(server: ApiServer, root: ApiServer, { clock }: Pick<ApiOptions, 'clock'>): void {
  const route = { schema: { body: bodySchema }, config: { isEnvelope: true } };
  server.post(PATH, route, async (request) => {
    request.problems?.throwAny();
    const answers = new Map<string, BatchAnswer>();
    // What can't be asked for is refused before anything is made.
    for (const { id, url } of request.body.requests) readUrl(id, url);
    for (const ready of inOrder(request.body.requests)) {
      const answered = ready.map(async (each): Promise<BatchAnswer> => {
        const failed = each.dependsOn?.find((id) => (answers.get(id)?.status ?? 0) >= 400);
        return failed === undefined
          ? toAnswer(each.id, await root.inject(toInject(each, request)))
          : failedDependency(each.id, failed, request.activityId, clock());
      });
      for (const answer of await Promise.all(answered)) answers.set(answer.id, answer);
    }
    return { responses: request.body.requests.map(({ id }) => answers.get(id)) };
  });
}

/** The requests in rounds: those of one depend on those of rounds before alone. @throws PosternError `API_INVALID` */
function inOrder(requests: readonly BatchRequest[]): BatchRequest[][] {
  const rounds: BatchRequest[][] = [];
  const placed = new Set<string>();
  let rest = [...requests];
  if (new Set(rest.map(({ id }) => id)).size < rest.length) throw invalid('Each request must have an id of its own.');
  while (rest.length > 0) {
    const round = rest.filter(({ dependsOn = [] }) => dependsOn.every((id) => placed.has(id)));
    if (round.length === 0) {
      const ids = rest.map(({ id }) => id).join(', ');
      throw invalid(`${ids}: dependsOn must name requests of the batch, and lead back to none of them.`);
    }
    rest = rest.filter((each) => !round.includes(each));
    for (const { id } of round) placed.add(id);
    rounds.push(round);
  }
  return rounds;
}

function toInject({ id, method, url, headers = {}, body }: BatchRequest, outer: FastifyRequest): InjectOptions {
  const asked = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const own = REQUEST_HEADERS.flatMap((name) => {
    const value = asked.get(name.toLowerCase());
    return value === undefined ? [] : [[name, value] as const];
  });
  // A batch that is tried tries all of it.
  if (outer.isTrial) own.push(['Prefer', 'validate-only']);
  const isOctets =
    typeof body === 'string' && !/^application\/json\b/i.test(asked.get('content-type') ?? 'application/json');
  return {
    method,
    url: readUrl(id, url),
    headers: { ...Object.fromEntries(own), authorization: outer.headers.authorization ?? '' },
    remoteAddress: outer.clientAddress,
    ...(body !== undefined && { payload: isOctets ? Buffer.from(body, 'base64') : toPayload(body) }),
  };
}

/** Objects are sent as JSON by themselves, with their type. */
function toPayload(body: unknown): object | string {
  return typeof body === 'object' && body !== null ? body : JSON.stringify(body);
}

/** The path of a request in a batch, with its query, as the router is to read it. @throws PosternError `API_INVALID` */
function readUrl(id: string, url: string): string {
  const path = url.startsWith(`${ADMIN_API_PATH}/`) ? url.slice(ADMIN_API_PATH.length) : url;
  const { pathname, search } = new URL(`http://api.invalid${ADMIN_API_PATH}/${path.replace(/^\//, '')}`);
  const read = decode(pathname);
  if (
    !pathname.startsWith(`${ADMIN_API_PATH}/`) ||
    read === null ||
    read === ADMIN_API_PATH + PATH ||
    read === ENDLESS
  ) {
    throw invalid(`${id}: ${url} can't be asked for in a batch.`);
  }
  return pathname + search;
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path).replace(/(?<!\/)\/+$/, '');
  } catch {
    return null;
  }
}

function toAnswer(id: string, { statusCode, headers, rawPayload }: LightMyRequestResponse): BatchAnswer {
  const told = [...ANSWER_HEADERS, ACTIVITY_ID_HEADER].flatMap((name) => {
    const value = headers[name.toLowerCase()];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  const type = headers['content-type'] ?? '';
  const answer = { id, status: statusCode, headers: Object.fromEntries(told) };
  if (rawPayload.length === 0) return answer;
  if (type.startsWith('application/json')) return { ...answer, body: JSON.parse(rawPayload.toString()) as unknown };
  return { ...answer, body: rawPayload.toString(type.startsWith('text/') ? 'utf8' : 'base64') };
}

function failedDependency(id: string, failed: string, activityId: string, nowMs: number): BatchAnswer {
  const message = `The request ${failed}, on which this one depends, has failed.`;
  const error = new PosternError('API_FAILED_DEPENDENCY', { message, target: 'dependsOn' });
  const { status } = error.definition;
  return { id, status, headers: { 'Content-Type': 'application/json' }, body: apiErrorBody(error, activityId, nowMs) };
}

function invalid(message: string): PosternError {
  return new PosternError('API_INVALID', { message, target: 'requests' });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether it changes nothing by itself, whatever its method says: readers may ask too. */
    isEnvelope?: boolean;
  }
}
