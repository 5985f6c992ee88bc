import { z } from 'zod';

/** A schema as JSON, to be changed before it is written. */
export interface JsonSchema {
  [key: string]: unknown;
}

/** The JSON Schema (draft 2020-12) of what may stand in a file; `$schema`, by which editors find it, is allowed at the top. */
export function toJsonSchema(schema: z.core.$ZodType, title: string): JsonSchema {
  const json = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const properties = json['properties'] as JsonSchema | undefined;
  return { ...json, title, properties: { $schema: { type: 'string' }, ...properties } };
}
