import { ITEM_COLUMN, type ListCondition, type ListFilter, mapConditions } from '../store/list-filter.ts';
import type { ListColumns } from '../store/list-query.ts';
import { AUDITING_SERVICE, AUDIT_RESULT, AUDIT_TARGETS, OTHER_CATEGORY } from './directory-audit.ts';

const ALWAYS: ListFilter = { all: [] };
const NEVER: ListFilter = { any: [] };
const BY_USER: ListFilter = { field: 'initiatedByKind', operator: 'eq', value: 'user' };

/** Graph's names for fields of the audit -> those of the store, and whom the field is of. */
const INITIATORS = {
  'initiatedBy/user/id': { field: 'initiatedById', of: BY_USER },
  'initiatedBy/user/displayName': { field: 'initiatedByDisplayName', of: BY_USER },
  'initiatedBy/user/ipAddress': { field: 'ipAddress', of: BY_USER },
  'initiatedBy/app/servicePrincipalId': { field: 'initiatedById', of: { not: BY_USER } },
  'initiatedBy/app/displayName': { field: 'initiatedByDisplayName', of: { not: BY_USER } },
} as const satisfies Record<string, { field: string; of: ListFilter }>;

/** What the list can be filtered by beside the columns of the store: each becomes a condition on those. */
export const DIRECTORY_AUDIT_FIELDS = {
  correlationId: { column: 'activity_id', kind: 'id' },
  category: { column: 'target_kind', kind: 'text' },
  result: { column: 'target_kind', kind: 'text' },
  loggedByService: { column: 'target_kind', kind: 'text' },
  'initiatedBy/user/id': { column: 'actor_id', kind: 'id', isNullable: true },
  'initiatedBy/user/displayName': { column: 'actor_display_name', kind: 'text', isNullable: true },
  'initiatedBy/user/ipAddress': { column: 'client_address', kind: 'id', isNullable: true },
  'initiatedBy/app/servicePrincipalId': { column: 'actor_id', kind: 'id', isNullable: true },
  'initiatedBy/app/displayName': { column: 'actor_display_name', kind: 'text', isNullable: true },
  targetResources: {
    kind: 'collection',
    from: { column: 'target_id', path: '$' },
    items: {
      id: { column: ITEM_COLUMN, kind: 'id' },
      type: { column: ITEM_COLUMN, kind: 'text' },
      displayName: { column: ITEM_COLUMN, kind: 'text', isNullable: true },
    },
  },
} as const satisfies ListColumns;

/** A filter in Graph's names as one on `AUDIT_COLUMNS`. */
export function toAuditFilter(filter: ListFilter): ListFilter {
  if ('all' in filter) return { all: filter.all.map(toAuditFilter) };
  if ('any' in filter) return { any: filter.any.map(toAuditFilter) };
  if ('not' in filter) return { not: toAuditFilter(filter.not) };
  // A record has one target: some target is so where that one is.
  if ('collection' in filter) return mapConditions(filter.where, ofTarget);
  return ofRecord(filter);
}

function ofRecord(condition: ListCondition): ListFilter {
  const { field } = condition;
  if (field === 'correlationId') return { ...condition, field: 'activityId' };
  if (field === 'result') return holds(condition, AUDIT_RESULT) ? ALWAYS : NEVER;
  if (field === 'loggedByService') return holds(condition, AUDITING_SERVICE) ? ALWAYS : NEVER;
  if (field === 'category') return ofKinds(condition, ({ category }) => category, OTHER_CATEGORY);
  if (!isInitiator(field)) return condition;
  const initiator = INITIATORS[field];
  const isNegative =
    (condition.operator === 'ne' && condition.value !== null) ||
    (condition.operator === 'eq' && condition.value === null);
  // The other kind of caller has no such field: to it, "not so" is true.
  const stored: ListFilter = { ...condition, field: initiator.field };
  return isNegative ? { any: [{ not: initiator.of }, stored] } : { all: [initiator.of, stored] };
}

function ofTarget(condition: ListCondition): ListFilter {
  if (condition.field === 'id') return { ...condition, field: 'targetId' };
  if (condition.field === 'type') return ofKinds(condition, ({ type }) => type, null);
  const fields = ['after/displayName', 'before/displayName', 'after/name', 'before/name'];
  const each: ListFilter[] = fields.map((field) => ({ ...condition, field }));
  return condition.operator === 'ne' || (condition.operator === 'eq' && condition.value === null)
    ? { all: each }
    : { any: each };
}

/** A condition on what stands for kinds of things. @param other for kinds that are not known; null where it is their own name */
function ofKinds(
  condition: ListCondition,
  wordOf: (target: { category: string; type: string }) => string,
  other: string | null,
): ListFilter {
  const kinds = Object.entries(AUDIT_TARGETS);
  const values = kinds.flatMap(([kind, target]) => (holds(condition, wordOf(target)) ? [kind] : []));
  const known: ListFilter = { field: 'targetKind', operator: 'in', values };
  const unknown: ListFilter = { not: { field: 'targetKind', operator: 'in', values: kinds.map(([kind]) => kind) } };
  if (other === null) return { any: [known, { all: [unknown, { ...condition, field: 'targetKind' }] }] };
  return holds(condition, other) ? { any: [known, unknown] } : known;
}

/** Whether a text fulfils a condition, without regard to case. */
function holds(condition: ListCondition, text: string): boolean {
  const own = text.toLowerCase();
  if (condition.operator === 'in') return condition.values.some((value) => String(value).toLowerCase() === own);
  if (condition.value === null) return condition.operator === 'ne';
  const value = String(condition.value).toLowerCase();
  switch (condition.operator) {
    case 'eq':
      return own === value;
    case 'ne':
      return own !== value;
    case 'gt':
      return own > value;
    case 'ge':
      return own >= value;
    case 'lt':
      return own < value;
    case 'le':
      return own <= value;
    case 'startswith':
      return own.startsWith(value);
    case 'endswith':
      return own.endsWith(value);
    case 'contains':
      return own.includes(value);
  }
}

function isInitiator(field: string): field is keyof typeof INITIATORS {
  return Object.hasOwn(INITIATORS, field);
}
