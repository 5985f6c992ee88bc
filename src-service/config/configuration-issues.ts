import { z } from 'zod';
import { environmentName } from './environment-overrides.ts';
import { nearestName } from './nearest-name.ts';
import { listSchemaKeys, schemaAt } from './schema-keys.ts';

/** Keys whose value must not be repeated in an error. */
const SECRET_KEY = /secret|password|hmacKey|token$|connectionString|^sealing\.keys/i;

/**
 * One line per problem for the operator: the key, the value that it has, what is allowed and, for a key that doesn't
 * exist, the nearest one that does.
 */
export function describeConfigurationIssues(
  issues: readonly z.core.$ZodIssue[],
  data: unknown,
  schema: z.core.$ZodType,
): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => describeUnknownKey([...issue.path, key], schema));
    }
    return [describeValue(issue, data)];
  });
}

function describeUnknownKey(path: readonly PropertyKey[], schema: z.core.$ZodType): string {
  const key = keyText(path);
  const parent = schemaAt(schema, path.slice(0, -1));
  const siblings = parent instanceof z.ZodObject ? Object.keys(parent.shape) : [];
  const own = nearestName(String(path.at(-1)), siblings);
  if (own !== null) return `${key}: there is no such key. Did you mean ${keyText([...path.slice(0, -1), own])}?`;
  const elsewhere = listSchemaKeys(schema).find((leaf) => leaf.path.at(-1) === path.at(-1));
  if (elsewhere) return `${key}: there is no such key here. Did you mean ${keyText(elsewhere.path)}?`;
  return `${key}: there is no such key. Allowed here: ${siblings.join(', ')}.`;
}

function describeValue(issue: z.core.$ZodIssue, data: unknown): string {
  const key = keyText(issue.path);
  const value = valueAt(data, issue.path);
  if (value === undefined) {
    return `${key}: is missing. Set it in the file or as ${environmentName(issue.path.map(String))}.`;
  }
  const shown = SECRET_KEY.test(key) ? '[secret]' : JSON.stringify(value);
  return `${key}: has the value ${shown.length > 120 ? `${shown.slice(0, 120)}…` : shown}, but ${allowed(issue)}.`;
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
      return 'must be an IP address or a range such as 10.0.0.0/8';
    default:
      return issue.message;
  }
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

function keyText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (whole, step) => (typeof step === 'number' ? `${whole}[${step}]` : `${whole}${whole && '.'}${String(step)}`),
    '',
  );
  return text === '' ? 'the whole' : text;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
