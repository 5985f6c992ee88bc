import { z } from 'zod';
import { childSchemas, unwrapSchema } from './schema-keys.ts';

type Path = readonly PropertyKey[];

/** What is left of data that a schema refuses, and what was wrong with it. */
export interface AcceptablePart<Output> {
  readonly data: Output;
  readonly issues: readonly z.core.$ZodIssue[];
  /** The places of `data` that say nothing of what was given. */
  readonly mendedPaths: readonly Path[];
}

/** A place that is mended may show what else is wrong with it, and above it. */
const MAX_ROUNDS = 16;
const MAX_DEPTH = 8;
/** Values of which one at least is taken by every text, number or list that our schemas have. */
const STAND_INS = [null, false, 0, 1, 'x', '/', 'x=x', 'https://x.invalid', '11111111-1111-4111-8111-111111111111', []];

/**
 * Mends data that a schema refuses, so that further checks find what is wrong with the rest: what may be left out is, and
 * where something must be stands anything that is allowed there. Items of lists keep their places.
 * @returns null where nothing comes of it
 */
export function acceptablePart<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
): AcceptablePart<z.output<Schema>> | null {
  const rest: unknown = structuredClone(data);
  const issues: z.core.$ZodIssue[] = [];
  const mended = new Map<string, Path>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const parsed = schema.safeParse(rest);
    if (parsed.success) return { data: parsed.data, issues, mendedPaths: [...mended.values()] };
    const before = [...mended.values()];
    issues.push(...parsed.error.issues.filter(({ path }) => !before.some((other) => isRelated(path, other))));
    const touched: Path[] = [];
    for (const issue of parsed.error.issues) {
      const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
      for (const path of paths) {
        if (touched.some((other) => isRelated(path, other))) continue;
        const place = mend(rest, schema, path, mended);
        if (place === null) return null;
        touched.push(place);
      }
    }
  }
  return null;
}

/** Mends the place, or where that was done in vain the one around it. @returns which */
function mend(whole: unknown, schema: z.core.$ZodType, path: Path, mended: Map<string, Path>): Path | null {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const place = path.slice(0, depth);
    const name = JSON.stringify(place);
    const [parent, key] = [valueAt(whole, place.slice(0, -1)), place.at(-1)];
    if (mended.has(name) || typeof parent !== 'object' || parent === null || key === undefined) continue;
    // What another kind would lack is not the caller's fault: one that is of no kind is mended whole.
    if (schemasAt(schema, place.slice(0, -1)).some((each) => isKindOf(each, key))) continue;
    mended.set(name, place);
    const allowed = schemasAt(schema, place);
    const isNeeded = Array.isArray(parent) || !(allowed.length === 0 || allowed.some((each) => takes(each, undefined)));
    if (isNeeded) Reflect.set(parent, key, standIn(allowed[0], MAX_DEPTH));
    else Reflect.deleteProperty(parent, key);
    return place;
  }
  return null;
}

/** Something that the schema takes; undefined where nothing was found. */
function standIn(schema: z.core.$ZodType | undefined, depth: number): unknown {
  if (schema === undefined || depth === 0) return undefined;
  const inner = unwrapSchema(schema);
  const candidates: unknown[] = [...STAND_INS];
  if (inner instanceof z.ZodEnum) candidates.push(...inner.options);
  if (inner instanceof z.ZodLiteral) candidates.push(...inner.values);
  if (inner instanceof z.ZodUnion) candidates.push(...inner.options.map((option) => standIn(option, depth - 1)));
  if (inner instanceof z.ZodArray) candidates.push([standIn(inner.element, depth - 1)]);
  if (inner instanceof z.ZodObject) {
    const fields = Object.entries<z.core.$ZodType>(inner.shape).filter(([, field]) => !takes(field, undefined));
    candidates.push(Object.fromEntries(fields.map(([name, field]) => [name, standIn(field, depth - 1)])));
  }
  return candidates.find((candidate) => takes(schema, candidate));
}

function schemasAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType[] {
  return path.reduce<z.core.$ZodType[]>((found, step) => found.flatMap((each) => childSchemas(each, step)), [schema]);
}

/** Whether the key tells which of several schemas is for the data. */
function isKindOf(schema: z.core.$ZodType, key: PropertyKey): boolean {
  const inner = unwrapSchema(schema);
  return inner instanceof z.ZodDiscriminatedUnion && inner.def.discriminator === key;
}

function takes(schema: z.core.$ZodType, value: unknown): boolean {
  return z.safeParse(schema, value).success;
}

function isRelated(one: Path, other: Path): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short.every((step, index) => step === long[index]);
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    data,
  );
}
