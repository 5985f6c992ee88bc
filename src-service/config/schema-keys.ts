import { z } from 'zod';

/** A leaf of a configuration schema: the way to it and what stands there. */
export interface SchemaKey {
  readonly path: readonly string[];
  readonly schema: z.core.$ZodType;
}

/** The schema below `optional`, `default`, `prefault`, `nullable`. */
function unwrapSchema(schema: z.core.$ZodType): z.core.$ZodType {
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

/** The schema at `path`; steps into arrays by index. Null where there is no such key. */
export function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | null {
  let current = unwrapSchema(schema);
  for (const step of path) {
    if (current instanceof z.ZodArray) current = unwrapSchema(current.element);
    else if (current instanceof z.ZodObject) {
      const child: z.core.$ZodType | undefined = current.shape[String(step)];
      if (child === undefined) return null;
      current = unwrapSchema(child);
    } else return null;
  }
  return current;
}
