import { type JsonSchema, toJsonSchema } from '../../src-shared/configuration/json-schema.ts';
import { configurationFileSchema } from './configuration-file.ts';

const REFERENCE = { $ref: '#/$defs/textReference' };

/** The JSON Schema of a configuration file: any text in it may stand elsewhere, which zod sees filled in. */
export function configurationFileJsonSchema(): JsonSchema {
  const json = toJsonSchema(configurationFileSchema, 'The configuration of a Postern tenant');
  const { properties, ...rest } = json;
  const { $schema, ...sections } = properties as JsonSchema;
  const only = (name: string): JsonSchema => ({
    type: 'object',
    properties: { [name]: { type: 'string', minLength: 1 } },
    required: [name],
    additionalProperties: false,
  });
  return {
    ...rest,
    properties: { $schema, ...(withReferences(sections) as JsonSchema) },
    $defs: { textReference: { anyOf: [only('fromFile'), only('fromEnvironment')] } },
  };
}

function withReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReferences);
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withReferences(each)]));
  const isFreeText = schema['type'] === 'string' && schema['enum'] === undefined && schema['const'] === undefined;
  return isFreeText ? { anyOf: [schema, REFERENCE] } : schema;
}
