import type { z } from 'zod';
import { nearestName } from './nearest-name.ts';
import { keysAt, listSchemaKeys } from './schema-keys.ts';

/** Keys whose value must not be repeated in an error. */
const SECRET_KEY =
  /secret|password|passphrase|privateKey|keyCredential|hmacKey|token$|connectionString|^sealing\.keys/i;
const SHOWN_CHARACTERS = 120;

/** What is wrong with a key of a configuration. */
export interface ConfigurationProblem {
  readonly path: readonly PropertyKey[];
  /** In words, without the key. */
  readonly message: string;
}

export interface IssueOptions {
  /** What an operator can do about a key that is missing. */
  readonly describeMissing: (path: readonly PropertyKey[]) => string;
}

/**
 * The problems for whoever wrote the configuration: the value that a key has, what is allowed and, for a key that doesn't
 * exist, the nearest one that does.
 * @param schema what `data` was parsed by
 */
export function findConfigurationProblems(
  issues: readonly z.core.$ZodIssue[],
  data: unknown,
  schema: z.core.$ZodType,
  options: IssueOptions,
): ConfigurationProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      return [{ path: issue.path, message: describeValue(issue, data, options) }];
    }
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { path, message: describeUnknownKey(path, schema) };
    });
  });
}

/** One line per problem: the key and what is wrong with it. */
export function describeConfigurationIssues(
  issues: readonly z.core.$ZodIssue[],
  data: unknown,
  schema: z.core.$ZodType,
  options: IssueOptions,
): string[] {
  return findConfigurationProblems(issues, data, schema, options).map(
    ({ path, message }) => `${keyText(path)}: ${message}`,
  );
}

/** A path as people write it: `identityProviders[0].issuer`. */
export function keyText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (whole, step) => (typeof step === 'number' ? `${whole}[${step}]` : `${whole}${whole && '.'}${String(step)}`),
    '',
  );
  return text === '' ? 'the whole' : text;
}

function describeUnknownKey(path: readonly PropertyKey[], schema: z.core.$ZodType): string {
  const siblings = keysAt(schema, path.slice(0, -1));
  const own = nearestName(String(path.at(-1)), siblings);
  if (own !== null) return `there is no such key. Did you mean ${keyText([...path.slice(0, -1), own])}?`;
  const elsewhere = listSchemaKeys(schema).find((leaf) => leaf.path.at(-1) === path.at(-1));
  if (elsewhere) return `there is no such key here. Did you mean ${keyText(elsewhere.path)}?`;
  return `there is no such key. Allowed here: ${siblings.join(', ')}.`;
}

function describeValue(issue: z.core.$ZodIssue, data: unknown, options: IssueOptions): string {
  const value = valueAt(data, issue.path);
  if (value === undefined) return `is missing. ${options.describeMissing(issue.path)}`.trimEnd();
  const shown = SECRET_KEY.test(keyText(issue.path)) ? '[secret]' : JSON.stringify(value);
  const short = shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS)}…` : shown;
  return `has the value ${short}, but ${allowed(issue)}.`;
}

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : `of the type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must be at least ${String(issue.minimum)}${unit(issue.origin)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}${unit(issue.origin)}`;
    case 'invalid_union':
      return issue.message === 'Invalid input' ? 'must be an IP address or a range such as 10.0.0.0/8' : issue.message;
    default:
      return issue.message;
  }
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
