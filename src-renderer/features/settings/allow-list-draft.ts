import { type AllowRule, allowRuleSchema } from '../../../src-shared/connector/allow-list.ts';
import type { TimeWindow } from '../../../src-shared/publishing/conditional-access.ts';

export type Day = TimeWindow['daysOfWeek'][number];

/** A rule as it is typed. */
export interface RuleDraft {
  /** Tells rules apart while they are edited. */
  readonly key: string;
  readonly hosts: string;
  readonly addresses: string;
  readonly ports: string;
  readonly isTimed: boolean;
  readonly days: readonly Day[];
  readonly from: string;
  readonly until: string;
  readonly timeZone: string;
  /** Further windows, which a file may have and this page leaves as they are. */
  readonly otherHours: readonly TimeWindow[];
}

/** Where a rule can be wrong; `all` as a whole. */
export type RuleField = 'hosts' | 'addresses' | 'ports' | 'days' | 'from' | 'until' | 'timeZone' | 'all';
/** By the last name in the path of an issue. */
const FIELDS: Readonly<Record<string, RuleField>> = {
  hosts: 'hosts',
  addresses: 'addresses',
  ports: 'ports',
  daysOfWeek: 'days',
  startTime: 'from',
  endTime: 'until',
  timeZone: 'timeZone',
};
const WORKDAYS: readonly Day[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];

export function emptyRule(): RuleDraft {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const hours = { isTimed: false, days: WORKDAYS, from: '07:00', until: '19:00', timeZone, otherHours: [] };
  return { key: crypto.randomUUID(), hosts: '', addresses: '', ports: '', ...hours };
}

export function draftOf(rule: AllowRule): RuleDraft {
  const [first, ...otherHours] = rule.hours;
  const lists = {
    hosts: rule.hosts.join(', '),
    addresses: rule.addresses.join(', '),
    ports: rule.ports.join(', '),
  };
  if (first === undefined) return { ...emptyRule(), ...lists };
  const { daysOfWeek, startTime, endTime, timeZone } = first;
  const hours = { isTimed: true, days: daysOfWeek, from: startTime, until: endTime, timeZone, otherHours };
  return { key: crypto.randomUUID(), ...lists, ...hours };
}

/** The rule of a draft, or where it is wrong. */
export function readRule(draft: RuleDraft): { readonly rule: AllowRule } | { readonly wrong: ReadonlySet<RuleField> } {
  const { isTimed, days, from, until, timeZone, otherHours } = draft;
  const first = { daysOfWeek: days, startTime: from.trim(), endTime: until.trim(), timeZone: timeZone.trim() };
  const parsed = allowRuleSchema.safeParse({
    hosts: entriesOf(draft.hosts),
    addresses: entriesOf(draft.addresses),
    ports: entriesOf(draft.ports).map((entry) => (/^\d+$/.test(entry) ? Number(entry) : entry)),
    hours: isTimed ? [first, ...otherHours] : [],
  });
  if (parsed.success) return { rule: parsed.data };
  return { wrong: new Set(parsed.error.issues.map(({ path }) => fieldOf(path))) };
}

function fieldOf(path: readonly PropertyKey[]): RuleField {
  const name = path.findLast((part) => typeof part === 'string');
  return FIELDS[name ?? ''] ?? 'all';
}

/** All rules, or null where one is wrong. */
export function readRules(drafts: readonly RuleDraft[]): readonly AllowRule[] | null {
  const rules: AllowRule[] = [];
  for (const draft of drafts) {
    const read = readRule(draft);
    if ('wrong' in read) return null;
    rules.push(read.rule);
  }
  return rules;
}

/** A list with commas, spaces or lines between; the hyphen of a range of ports may have spaces about it. */
function entriesOf(text: string): string[] {
  return text
    .replaceAll(/\s*-\s*(?=\d)/g, '-')
    .split(/[\s,;]+/)
    .filter((entry) => entry !== '');
}
