import type { z } from 'zod';
import { makeReason, type Reason, REASONS } from './reasons.ts';
import type { SchemaReasonKey } from './schema-reasons.ts';

/** Keys whose sentences name nothing. */
type PlainKey = {
  [Key in SchemaReasonKey]: (typeof REASONS)[Key] extends `${string}{${string}}${string}` ? never : Key;
}[SchemaReasonKey];
/** Its braces are those of JSON. */
type RefusalKey = PlainKey | 'mustBeTransformation';

/**
 * The `error` of a schema or of one of its checks whose refusal has a reason of its own. It says the English sentence, and leaves the
 * reason at the issue, where `ownReasonOf` finds it.
 */
export function refusedFor(key: RefusalKey): z.core.$ZodErrorMap {
  return (issue) => {
    Object.assign(issue, { params: { reason: makeReason(key as PlainKey) } });
    return REASONS[key];
  };
}

/** The reason that a rule of ours has left at an issue. */
export function ownReasonOf(issue: z.core.$ZodIssue): Reason | undefined {
  const params: unknown = Reflect.get(issue, 'params');
  return typeof params === 'object' && params !== null
    ? (Reflect.get(params, 'reason') as Reason | undefined)
    : undefined;
}
