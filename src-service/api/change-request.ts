import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { acceptablePart } from '../../src-shared/configuration/acceptable-part.ts';
import { findConfigurationProblems } from '../../src-shared/configuration/configuration-issues.ts';
import { makeReason } from '../../src-shared/errors/reasons.ts';
import { ownReasonOf } from '../../src-shared/errors/refused-for.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { IdempotentAnswer, IdempotentRequest } from '../store/idempotent-answer-records.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { fieldProblem, FieldsError, type FieldProblem } from '../../src-shared/errors/fields-error.ts';
import { MAX_BODY_DEPTH, isTooDeep } from './body-depth.ts';
import { canonicalJson } from './canonical-json.ts';
import { ProblemList } from './problem-list.ts';

/** What clients for OData send back with a resource that they have read; it says nothing here. */
const ANNOTATIONS = ['@odata.etag', '@odata.context', '@odata.type'];
/** Faults of a body that are told; what has more is looked at no further. */
const MAX_TOLD = 100;
/** Of the name of a field, in what is told of it. */
const SHOWN_CHARACTERS = 200;
/** As the draft writes a key, a quoted string, and as most write it, without quotes. */
const KEY = /^"?([\x21\x23-\x7e]{1,255})"?$/;

/**
 * What callers may ask of any change: to try it alone (`Prefer: validate-only`, RFC 7240), and to make it once
 * (`Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header) on the routes that create.
 */
export function addChangeHooks(server: ApiServer, { store }: Pick<ApiOptions, 'store'>): void {
  const inFlight = new Set<string>();

  server.addHook('onRoute', (route) => {
    // What is wrong with the body is told together with what the rest of it leads to.
    if ([route.method].flat().some(isChange)) route.attachValidation = true;
  });

  server.addHook('onRequest', async (request, reply) => {
    const wishes = [request.headers['prefer'] ?? []].flat().join(',').split(/[,;]/);
    if (!isChange(request.method) || !wishes.some((wish) => wish.trim().toLowerCase() === 'validate-only')) return;
    request.isTrial = true;
    reply.header('Preference-Applied', 'validate-only');
  });

  server.addHook('preValidation', async ({ body }) => {
    if (!isRecord(body)) return;
    if (isTooDeep(body)) {
      const message = `The body has more than ${MAX_BODY_DEPTH} objects and lists within each other.`;
      throw new PosternError('API_INVALID', { message, target: 'body' });
    }
    for (const name of ANNOTATIONS) delete body[name];
  });

  server.addHook('preHandler', async (request, reply) => {
    checkBody(request);
    const key = request.headers['idempotency-key'];
    if (key === undefined || request.isTrial || request.routeOptions.config.isCreation !== true) return;
    const asked = readIdempotencyKey(request, [key].flat().join());
    const id = `${asked.ownerId}\n${asked.key}`;
    if (inFlight.has(id)) throw new PosternError('API_KEY_IN_FLIGHT', { target: 'Idempotency-Key' });
    inFlight.add(id);
    request.idempotent = { asked, keep: (db, answer) => store.idempotentAnswers.keep(db, asked, answer), id };
    const answer = await store.idempotentAnswers.find(asked);
    if (answer !== null) return replay(reply, answer);
  });

  server.addHook('preSerialization', async ({ problems }, reply, payload) => {
    // Of a route that changes nothing in the store: the answer to what was not asked.
    if (problems !== null && reply.statusCode < 400) problems.throwAny();
    return payload;
  });

  server.addHook('onSend', async ({ idempotent }) => {
    if (idempotent !== null) inFlight.delete(idempotent.id);
  });
}

/** The answer that was given before. */
function replay(reply: FastifyReply, { location, body }: IdempotentAnswer): FastifyReply {
  if (location !== null) reply.header('Location', location);
  reply.header('Idempotency-Replayed', 'true').type('application/json; charset=utf-8');
  // The serializer would write the text as a text.
  return reply
    .code(201)
    .serializer((text: string) => text)
    .send(body);
}

/** Whose key it is, and for which request. @throws PosternError `API_INVALID` */
export function readIdempotencyKey(
  { administrator, method, url, body }: FastifyRequest,
  header: string,
): IdempotentRequest {
  const key = KEY.exec(header.trim())?.[1];
  if (key === undefined) {
    throw new PosternError('API_INVALID', {
      message: 'Idempotency-Key must be 1 to 255 visible ASCII characters, such as a UUID.',
      target: 'Idempotency-Key',
    });
  }
  const fingerprint = createHash('sha256')
    .update(`${method} ${url}\n${canonicalJson(body)}`)
    .digest('hex');
  return { ownerId: administrator?.id ?? '', key, fingerprint };
}

/**
 * Where its schema refuses a body, the request is only tried from then on, with what is left of the body: what else is wrong with
 * it is told together with that.
 */
function checkBody(request: FastifyRequest): void {
  const { validationError, routeOptions, body } = request;
  if (validationError === undefined) return;
  const schema = routeOptions.schema?.body;
  const isOfBody = validationError.validationContext === 'body';
  if (isOfBody && schema instanceof z.ZodType) refuseManyFaults(schema, body);
  const part = isOfBody && schema instanceof z.ZodType ? acceptablePart(schema, body) : null;
  // Fastify's own error: what it says of the context is what the error handler reads.
  if (part === null) throw validationError;
  request.isTrial = true;
  request.problems = new ProblemList(
    describeProblems(part.issues, body, schema as z.ZodType),
    part.mendedPaths.map((path) => path.join('.')),
  );
  request.body = part.data;
}

/** A body with very many faults is no slip of its author: to mend it, and to tell all of them, would cost seconds. */
function refuseManyFaults(schema: z.ZodType, body: unknown): void {
  const issues = schema.safeParse(body).error?.issues ?? [];
  const first: z.core.$ZodIssue[] = [];
  let faults = 0;
  for (const issue of issues) {
    const room = MAX_TOLD - faults;
    const isOfKeys = issue.code === 'unrecognized_keys';
    faults += isOfKeys ? issue.keys.length : 1;
    if (room > 0) first.push(isOfKeys ? { ...issue, keys: issue.keys.slice(0, room) } : issue);
  }
  if (faults <= MAX_TOLD) return;
  const more = fieldProblem('body', makeReason('moreFaults', { count: faults - MAX_TOLD }));
  throw new FieldsError([...describeProblems(first, body, schema), more]);
}

/** In words, with the nearest name there is for one that there isn't, as the command line tells of a file. */
function describeProblems(issues: readonly z.core.$ZodIssue[], body: unknown, schema: z.ZodType): FieldProblem[] {
  const problems = issues.flatMap((issue) =>
    // Rules of ours say all in their own words.
    issue.code === 'custom'
      ? [{ ...issue, reason: ownReasonOf(issue) }]
      : findConfigurationProblems([issue], body, schema, { describeMissing: () => '' }),
  );
  return problems.map(({ path, message, reason }) => ({ target: shorten(path.join('.') || 'body'), message, reason }));
}

function shorten(name: string): string {
  return name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name;
}

function isChange(method: string): boolean {
  return ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What a request with an `Idempotency-Key` has its answer kept by. */
export interface IdempotentCreation {
  readonly id: string;
  readonly asked: IdempotentRequest;
  readonly keep: (
    db: Parameters<ApiOptions['store']['idempotentAnswers']['keep']>[0],
    answer: IdempotentAnswer,
  ) => Promise<void>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** `Prefer: validate-only`, or a body that is refused anyway. */
    isTrial: boolean;
    /** Null where the request carries no key, or creates nothing. */
    idempotent: IdempotentCreation | null;
    /** What the schema found wrong with the body; null where that is sound. */
    problems: ProblemList | null;
  }
  interface FastifyContextConfig {
    /** Whether an `Idempotency-Key` counts. */
    isCreation?: boolean;
  }
}
