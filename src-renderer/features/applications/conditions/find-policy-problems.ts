import { conditionalAccessPolicySchema } from '../../../../src-shared/publishing/conditional-access.ts';
import type { Catalogue } from '../../../../src-shared/text/catalogue.ts';
import { CATALOGUES } from '../../../../src-shared/text/catalogues.ts';
import type { Language } from '../../../../src-shared/text/language.ts';
import { findSchemaProblems } from '../find-schema-problems.ts';
import type { PolicyDraft } from './policy-draft.ts';

/** The fields of the form at which a problem of a policy can stand. */
export type PolicyField =
  | 'displayName'
  | 'users'
  | 'includeLocations'
  | 'excludeLocations'
  | `includeTimes.${number}`
  | `excludeTimes.${number}`
  | 'segments'
  | 'grantControls'
  | 'acrValues'
  | 'amrValues'
  | 'signInFrequency';
export type PolicyProblems = Partial<Record<PolicyField, string>>;

type Path = readonly PropertyKey[];

const LISTS = /^(?:include|exclude|acrValues|amrValues)/;

/** What is wrong with a policy by the API's rules, at the field where it can be mended and in words of the catalogue. */
export function findPolicyProblems(policy: PolicyDraft, language: Language): PolicyProblems {
  const text = CATALOGUES[language].conditions;
  const problems: PolicyProblems = {};
  for (const { path, message, code } of findSchemaProblems(conditionalAccessPolicySchema, policy, language)) {
    const field = fieldAt(path);
    const isLongList = code === 'too_big' && LISTS.test(String(path.at(-1)));
    problems[field] ??= isLongList ? text.problems.tooMany : say(path, policy, text, code, message);
  }
  return problems;
}

function fieldAt(path: Path): PolicyField {
  const [first, second, third, fourth] = path.map(String);
  if (first === 'displayName') return 'displayName';
  if (first === 'conditions') {
    if (second === 'locations') return third === 'includeLocations' ? 'includeLocations' : 'excludeLocations';
    if (second === 'times')
      return `${third === 'includeTimes' ? 'includeTimes' : 'excludeTimes'}.${Number(fourth ?? 0)}`;
    return second === 'segments' ? 'segments' : 'users';
  }
  if (first === 'grantControls' && (second === 'acrValues' || second === 'amrValues')) return second;
  return first === 'sessionControls' && second === 'signInFrequency' ? 'signInFrequency' : 'grantControls';
}

function say(
  path: Path,
  policy: PolicyDraft,
  text: Catalogue['conditions'],
  code: string | undefined,
  message: string,
): string {
  const words = text.problems;
  const [first, second, third, fourth, fifth] = path.map(String);
  if (first === 'displayName') return words.name;
  if (second === 'users' && third === 'includeUsers' && fourth === undefined) return words.nobody;
  if (second === 'locations' && fourth !== undefined) {
    const list = policy.conditions.locations?.[third === 'includeLocations' ? 'includeLocations' : 'excludeLocations'];
    const line = list?.[Number(fourth)]?.trim() ?? '';
    return line === '' ? words.noNetwork : words.network(line);
  }
  if (second === 'times' && fifth === 'daysOfWeek') return words.noDay;
  if (second === 'times' && fifth === 'timeZone') return words.timeZone;
  if (second === 'times' && fifth !== undefined) return code === 'custom' ? words.sameTime : words.time;
  if (first === 'grantControls' && second === undefined) return words.nothing;
  if (second === 'acrValues' || second === 'amrValues') return words.value;
  if (second === 'signInFrequency') return words.frequency;
  if (second === 'builtInControls' || (first === 'sessionControls' && code === 'custom')) return words.beside;
  return message;
}
