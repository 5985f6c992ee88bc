import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { makeReason } from '../../src-shared/errors/reasons.ts';
import type { AuditEntry } from '../store/unit-of-work.ts';
import { canonicalJson } from './canonical-json.ts';
import { selectFields } from './list-parameters.ts';

/** A resource with its version, as OData writes it. */
export type Tagged<Item> = Item & { readonly '@odata.etag': string };

const TAG = /(?:W\/)?"([\w-]*)(?:\.([\w-]*))?"|\*/g;

/**
 * The resource with its entity tag (RFC 9110, section 8.8.3): `W/"STATE.SHOWN"`. The first half is of what an administrator can
 * change, and all that `If-Match` looks at; the second of what is shown, which moves by itself too.
 * @param kind as the audit calls it
 * @param state the record as the audit has it before a change
 */
export function withTag<Item extends object>(kind: string, state: object, shown: Item): Tagged<Item> {
  return { '@odata.etag': `W/"${stateTag(kind, state)}.${hashOf(shown)}"`, ...shown };
}

/** The answer to a read: 304 where the caller has it already, else the fields of `$select`. */
export function sendItem(
  request: FastifyRequest<{ Querystring: { $select?: string | undefined } }>,
  reply: FastifyReply,
  item: Tagged<object>,
): FastifyReply {
  const tag = item['@odata.etag'];
  reply.header('ETag', tag);
  const known = request.headers['if-none-match'];
  if (known !== undefined && (known.trim() === '*' || known.includes(tag.slice('W/'.length))))
    return reply.code(304).send();
  return reply.send(selectFields(item, request.query.$select));
}

/**
 * Lets a change through whose `If-Match` names the state that it begins from.
 * @throws PosternError `API_PRECONDITION_FAILED`
 */
export function requireMatch(ifMatch: string, { targetKind, before }: AuditEntry): void {
  if (before === null) return;
  const current = stateTag(targetKind, before);
  if ([...ifMatch.matchAll(TAG)].some(([text, state]) => text === '*' || state === current)) return;
  throw new PosternError('API_PRECONDITION_FAILED', {
    reason: makeReason('changedMeanwhile', { kind: targetKind }),
    target: 'If-Match',
  });
}

function stateTag(kind: string, state: object): string {
  return hashOf(ownState(kind, state));
}

/** Without what the service itself notes in a record: that makes no version. */
function ownState(kind: string, state: object): unknown {
  const pick = (...names: string[]): unknown[] =>
    names.map((name) => Object.entries(state).find(([key]) => key === name));
  if (kind === 'connector') return pick('id', 'displayName', 'connectorGroupId', 'isDraining', 'revokedAtMs');
  return kind === 'certificate' ? pick('id', 'thumbprint') : state;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url').slice(0, 16);
}
