import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { nearestName } from '../../src-shared/configuration/nearest-name.ts';
import { type SchemaKey, listSchemaKeys } from '../../src-shared/configuration/schema-keys.ts';

const PREFIX = 'POSTERN_';

/** The environment variable of a key: `identityProvider.clientId` is `POSTERN_IDENTITY_PROVIDER_CLIENT_ID`. */
export function environmentName(path: readonly string[]): string {
  return PREFIX + path.map((step) => step.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()).join('_');
}

/**
 * A copy of `data` in which every key that has a variable in the environment takes its value. Texts become what the
 * schema wants: numbers, lists (JSON, or separated by commas), JSON objects.
 * @throws PosternError `CONFIG_INVALID` for a variable of one of the sections that names no key, or that isn't valid JSON.
 */
export function applyEnvironment(
  data: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  schema: z.ZodObject,
): unknown {
  const keys = listSchemaKeys(schema);
  refuseUnknown(environment, keys);
  let result: unknown = structuredClone(data);
  for (const key of keys) {
    const name = environmentName(key.path);
    const text = environment[name];
    if (text !== undefined) result = assign(result, key.path, readValue(text, key.schema, name));
  }
  return result;
}

/** Variables with other first words belong to other programs of the project (`POSTERN_CONNECTOR_…`) and are left alone. */
function refuseUnknown(environment: Readonly<Record<string, string | undefined>>, keys: readonly SchemaKey[]): void {
  const known = keys.map((key) => environmentName(key.path));
  const sections = keys.filter((key) => key.path.length > 1).map((key) => `${environmentName(key.path.slice(0, 1))}_`);
  for (const name of Object.keys(environment)) {
    if (known.includes(name) || !sections.some((section) => name.startsWith(section))) continue;
    const nearest = nearestName(name, known);
    throw new PosternError('CONFIG_INVALID', {
      message: `The environment variable ${name} names no key of the configuration.${nearest === null ? '' : ` Did you mean ${nearest}?`}`,
    });
  }
}

function readValue(text: string, schema: z.core.$ZodType, name: string): unknown {
  const isBoolean = schema instanceof z.ZodBoolean || schema instanceof z.ZodLiteral;
  if (isBoolean && (text === 'true' || text === 'false')) return text === 'true';
  if (schema instanceof z.ZodNumber || schema instanceof z.ZodLiteral) {
    return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  }
  if (schema instanceof z.ZodArray && !/^\s*\[/.test(text)) {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  if (!(schema instanceof z.ZodArray)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new PosternError('CONFIG_INVALID', {
      message: `The environment variable ${name} begins with [ but is not valid JSON.`,
      cause: error,
    });
  }
}

function assign(target: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const object = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
  return { ...object, [first]: assign(Reflect.get(object, first), rest, value) };
}
