import { z } from 'zod';

/** A leaf of a configuration schema: the way to it and what stands there. */
export interface SchemaKey {
  readonly path: readonly string[];
  readonly schema: z.core.$ZodType;
}

/** The schema below `optional`, `default`, `prefault`, `nullable`, and before a transformation. */
export function unwrapSchema(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return unwrapSchema(schema.in);
  const isWrapper =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable;
  return isWrapper ? unwrapSchema(schema.unwrap()) : schema;
}

/** Every key of an object schema that holds a value rather than more keys, in the order of the schema. */
export function listSchemaKeys(schema: z.core.$ZodType, path: readonly string[] = []): SchemaKey[] {
  const inner = unwrapSchema(schema);
  if (!(inner instanceof z.ZodObject)) return [{ path, schema: inner }];
  return Object.entries(inner.shape).flatMap(([name, child]) => listSchemaKeys(child, [...path, name]));
}

/** The keys that an object at `path` may have; steps into lists by index. Of alternatives all of their keys. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  return [
    ...new Set(
      schemasAt(schema, path).flatMap((found) => (found instanceof z.ZodObject ? Object.keys(found.shape) : [])),
    ),
  ];
}

/** What may stand at one step below, as it is written there; of alternatives, of each. */
export function childSchemas(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType[] {
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => childSchemas(option, step));
  if (inner instanceof z.ZodArray) return [inner.element];
  const child: z.core.$ZodType | undefined = inner instanceof z.ZodObject ? inner.shape[String(step)] : undefined;
  return child === undefined ? [] : [child];
}

function schemasAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType[] {
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => schemasAt(option, path));
  const [step, ...rest] = path;
  if (step === undefined) return [inner];
  return childSchemas(inner, step).flatMap((child) => schemasAt(child, rest));
}
