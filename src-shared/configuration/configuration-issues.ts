import type { z } from 'zod';
import { makeReason, type Reason, sayReason } from '../errors/reasons.ts';
import { ownReasonOf } from '../errors/refused-for.ts';
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
  /** What must be there, in a form that another language can say, too. */
  readonly reason?: Reason | undefined;
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
      return [describeValue(issue, data, options)];
    }
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const reason = unknownKeyReason(path, schema);
      return { path, message: sayReason(reason), reason };
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

function unknownKeyReason(path: readonly PropertyKey[], schema: z.core.$ZodType): Reason {
  const siblings = keysAt(schema, path.slice(0, -1));
  const own = nearestName(String(path.at(-1)), siblings);
  if (own !== null) return makeReason('fieldUnknownLike', { like: keyText([...path.slice(0, -1), own]) });
  const elsewhere = listSchemaKeys(schema).find((leaf) => leaf.path.at(-1) === path.at(-1));
  if (elsewhere) return makeReason('fieldUnknownHere', { like: keyText(elsewhere.path) });
  return makeReason('fieldUnknown', { allowed: siblings.join(', ') });
}

function describeValue(issue: z.core.$ZodIssue, data: unknown, options: IssueOptions): ConfigurationProblem {
  const { path } = issue;
  const value = valueAt(data, path);
  if (value === undefined) {
    const missing = makeReason('fieldMissing');
    return { path, message: `${sayReason(missing)} ${options.describeMissing(path)}`.trimEnd(), reason: missing };
  }
  const shown = SECRET_KEY.test(keyText(path)) ? '[secret]' : JSON.stringify(value);
  const short = shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS)}…` : shown;
  const reason = allowedReason(issue);
  const allowed = reason === undefined ? otherwiseAllowed(issue) : sayReason(reason);
  return { path, message: `has the value ${short}, but ${allowed}.`, reason };
}

/** What must be in place of what is; undefined where the schema says that in words of its own. */
function allowedReason(issue: z.core.$ZodIssue): Reason | undefined {
  const own = ownReasonOf(issue);
  if (own !== undefined) return own;
  switch (issue.code) {
    case 'invalid_type':
      return typeReason(issue.expected);
    case 'invalid_value': {
      const allowed = issue.values.map(String).join(', ');
      return issue.values.length > 1
        ? makeReason('mustBeOneOf', { allowed })
        : makeReason('mustBeExactly', { allowed });
    }
    case 'too_small': {
      const least = String(issue.minimum);
      if (issue.origin === 'string') return makeReason('textTooShort', { least });
      return issue.origin === 'array' ? makeReason('listTooShort', { least }) : makeReason('tooSmall', { least });
    }
    case 'too_big': {
      const most = String(issue.maximum);
      if (issue.origin === 'string') return makeReason('textTooLong', { most });
      return issue.origin === 'array' ? makeReason('listTooLong', { most }) : makeReason('tooBig', { most });
    }
    default:
      return undefined;
  }
}

const TYPE_REASONS: Readonly<Record<string, Reason>> = {
  string: makeReason('mustBeText'),
  number: makeReason('mustBeNumber'),
  int: makeReason('mustBeWhole'),
  boolean: makeReason('mustBeBoolean'),
  array: makeReason('mustBeList'),
  object: makeReason('mustBeStructure'),
  null: makeReason('mustBeNull'),
};

function typeReason(expected: string): Reason {
  return TYPE_REASONS[expected] ?? makeReason('mustBeExactly', { allowed: `of the type ${expected}` });
}

function otherwiseAllowed(issue: z.core.$ZodIssue): string {
  const isSilent = issue.code === 'invalid_union' && issue.message === 'Invalid input';
  return isSilent ? 'must be an IP address or a range such as 10.0.0.0/8' : issue.message;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
