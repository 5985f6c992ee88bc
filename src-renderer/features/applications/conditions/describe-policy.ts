import { ALL, DAYS_OF_WEEK } from '../../../../src-shared/publishing/conditional-access.ts';
import type { Catalogue } from '../../../../src-shared/text/catalogue.ts';
import { type Language, LOCALES } from '../../../../src-shared/text/language.ts';
import {
  type ConditionsDraft,
  isBlock,
  isForEveryone,
  namedIn,
  type PolicyDraft,
  type TimeWindowDraft,
} from './policy-draft.ts';

type Day = (typeof DAYS_OF_WEEK)[number];
type Words = Catalogue['conditions']['summary'];

/** As a week is read. */
export const WEEK: readonly Day[] = [...DAYS_OF_WEEK.slice(1), 'sunday'];
const NAMED_AT_MOST = 2;
const A_SUNDAY_MS = Date.UTC(2023, 0, 1);
const DAY_MS = 86_400_000;

/** The short name of a day in a language: `Mon`, `Mo`. */
export function dayName(day: Day, language: Language): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], { weekday: 'short', timeZone: 'UTC' });
  return format.format(A_SUNDAY_MS + DAYS_OF_WEEK.indexOf(day) * DAY_MS);
}

/**
 * What a policy does, in one line: `Blocks everyone outside 203.0.113.0/24`.
 * @param ownTimeZone the one that is not worth a word
 */
export function describePolicy(policy: PolicyDraft, words: Words, language: Language, ownTimeZone: string): string {
  const { conditions } = policy;
  const where = sides(
    namedIn(conditions.locations?.includeLocations ?? []),
    conditions.locations?.excludeLocations ?? [],
    (networks) => words.from(listed(networks, words)),
    (networks) => words.outside(listed(networks, words)),
  );
  const hours = (windows: readonly TimeWindowDraft[]): string =>
    words.and(windows.map((window) => describeWindow(window, words, language, ownTimeZone)));
  const when = sides(conditions.times?.includeTimes ?? [], conditions.times?.excludeTimes ?? [], hours, (windows) =>
    words.except(hours(windows)),
  );
  const at = sides(
    namedIn(conditions.segments?.includeSegments ?? []),
    conditions.segments?.excludeSegments ?? [],
    (segments) => words.at(listed(segments, words)),
    (segments) => words.notAt(listed(segments, words)),
  );
  const said = [where, when, at].filter((part) => part !== '').join(' ');
  const who = describeUsers(conditions, words);
  const demands = describeDemands(policy, words);
  const sentence = isBlock(policy)
    ? words.blocks(who, said)
    : demands.length === 0
      ? words.asksNothing
      : words.asks(who, words.and(demands), said);
  return words.state[policy.state](sentence);
}

function sides<Item>(
  included: readonly Item[],
  excluded: readonly Item[],
  sayIncluded: (items: readonly Item[]) => string,
  sayExcluded: (items: readonly Item[]) => string,
): string {
  const parts = [
    included.length === 0 ? '' : sayIncluded(included),
    excluded.length === 0 ? '' : sayExcluded(excluded),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function listed(names: readonly string[], words: Words): string {
  const shown = names.slice(0, NAMED_AT_MOST).map((name) => (name.trim() === '' ? words.toGive : name));
  return names.length > NAMED_AT_MOST ? words.more(shown.join(', '), names.length - NAMED_AT_MOST) : words.and(shown);
}

function describeUsers(conditions: ConditionsDraft, words: Words): string {
  const { users } = conditions;
  if (users === null) return words.everyone;
  const sayAll = (people: readonly string[], groups: readonly string[], roles: readonly string[]): string[] => [
    ...(people.length === 0 ? [] : [words.people(people.length)]),
    ...(groups.length === 0 ? [] : [words.groups(groups.length)]),
    ...(roles.length === 0 ? [] : [words.roles(listed(roles, words))]),
  ];
  const included = isForEveryone(conditions)
    ? [words.everyone]
    : sayAll(
        users.includeUsers.filter((id) => id !== ALL),
        users.includeGroups,
        users.includeRoles,
      );
  const excluded = sayAll(users.excludeUsers, users.excludeGroups, users.excludeRoles);
  const who = included.length === 0 ? words.nobody : words.and(included);
  return excluded.length === 0 ? who : words.but(who, words.and(excluded));
}

function describeWindow(window: TimeWindowDraft, words: Words, language: Language, ownTimeZone: string): string {
  const { startTime, endTime, timeZone } = window;
  const isWholeDay = startTime === '00:00' && endTime === '24:00';
  const parts = [
    describeDays(window.daysOfWeek, words, language),
    ...(isWholeDay ? [] : [`${startTime}–${endTime}`]),
    ...(timeZone === ownTimeZone || timeZone === '' ? [] : [`(${timeZone})`]),
  ];
  return parts.join(' ');
}

function describeDays(days: readonly Day[], words: Words, language: Language): string {
  const isOn = WEEK.map((day) => days.includes(day));
  const pattern = isOn.map((on) => (on ? '1' : '0')).join('');
  if (pattern === '1111111') return words.daily;
  if (pattern === '1111100') return words.weekdays;
  if (pattern === '0000011') return words.weekends;
  if (pattern === '0000000') return words.noDay;
  const names = WEEK.filter((day) => days.includes(day)).map((day) => dayName(day, language));
  return words.on(names.join(', '));
}

function describeDemands({ grantControls, sessionControls }: PolicyDraft, words: Words): string[] {
  const { builtInControls = [], acrValues = [], amrValues = [] } = grantControls ?? {};
  const frequency = sessionControls?.signInFrequency;
  return [
    ...(builtInControls.includes('mfa') ? [words.mfa] : []),
    ...(acrValues.length === 0 ? [] : [`acr ${words.or(acrValues)}`]),
    ...(amrValues.length === 0 ? [] : [`amr ${words.or(amrValues)}`]),
    ...(frequency?.isEnabled === true ? [words.signIn(words.time[frequency.type](frequency.value))] : []),
  ];
}
