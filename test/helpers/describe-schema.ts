import { z } from 'zod';

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
}

/** A schema as rows of the protocol document: path of the field, its type, its bounds. */
export function describeSchema(schema: z.ZodType): string[][] {
  return rowsOf(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, '');
}

function rowsOf(schema: JsonSchema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const own = [path, typeOf(field), boundsOf(field, schema.required?.includes(name) === true)];
    if (field.type === 'object') return rowsOf(field, `${path}.`);
    if (field.items?.type === 'object') return [own, ...rowsOf(field.items, `${path}[].`)];
    return [own];
  });
}

function typeOf({ type, items }: JsonSchema): string {
  return type === 'array' ? `array of ${items?.type}s` : (type ?? '');
}

function boundsOf(field: JsonSchema, isRequired: boolean): string {
  const { type, items, minimum, maximum, maxLength, maxItems } = field;
  const bounds: string[] = [...(field.enum ?? [])];
  if (type === 'integer') bounds.push(rangeOf(minimum, maximum));
  if (maxLength !== undefined) bounds.push(`at most ${number(maxLength)}`);
  if (maxItems !== undefined) bounds.push(`at most ${number(maxItems)}`);
  if (items?.maxLength !== undefined) bounds.push(`of at most ${number(items.maxLength)} each`);
  if (!isRequired) bounds.push('may be absent');
  return bounds.join(', ');
}

function rangeOf(minimum = 0, maximum = Number.MAX_SAFE_INTEGER): string {
  return maximum === Number.MAX_SAFE_INTEGER ? `from ${number(minimum)}` : `${number(minimum)} to ${number(maximum)}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
