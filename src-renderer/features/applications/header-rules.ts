import { z } from 'zod';

/** The rules of header-based sign-on as they are being typed: of the shape that the API takes, with texts of any kind. */

const transformation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('extract'), pattern: z.string() }),
  z.strictObject({ kind: z.literal('prefix'), prefix: z.string() }),
  z.strictObject({ kind: z.literal('toLowercase') }),
  z.strictObject({ kind: z.literal('toUppercase') }),
]);
export type TransformationDraft = z.infer<typeof transformation>;
export type TransformationKind = TransformationDraft['kind'];
export const TRANSFORMATION_KINDS = ['toLowercase', 'toUppercase', 'prefix', 'extract'] as const;

const several = { transformations: z.array(transformation).default([]), separator: z.string().default(',') };
const header = z.discriminatedUnion('source', [
  z.strictObject({ name: z.string(), source: z.literal('claim'), claim: z.string(), ...several }),
  z.strictObject({ name: z.string(), source: z.literal('groups'), ...several }),
  z.strictObject({ name: z.string(), source: z.literal('roles'), ...several }),
  z.strictObject({ name: z.string(), source: z.literal('constant'), value: z.string() }),
]);
export type HeaderDraft = z.infer<typeof header>;
export type HeaderSource = HeaderDraft['source'];
export const HEADER_SOURCES = ['claim', 'groups', 'roles', 'constant'] as const;

const rule = z.strictObject({ path: z.string().default('/'), headers: z.array(header) });
export type RuleDraft = z.infer<typeof rule>;
const rules = z.strictObject({ rules: z.array(rule) });

/** The rules of `headerSignOnSettings`; null where it holds what the form does not know. */
export function readRules(value: unknown): readonly RuleDraft[] | null {
  if (value === null) return [];
  return rules.safeParse(value).data?.rules ?? null;
}

export function writeRules(drafts: readonly RuleDraft[]): unknown {
  return { rules: drafts };
}

/** Whether a text of rules holds a fixed value, which may be a secret, or something that can't be read. */
export function mayHoldSecret(text: string): boolean {
  if (text.trim() === '') return false;
  try {
    return (
      readRules(JSON.parse(text))?.some(({ headers }) => headers.some(({ source }) => source === 'constant')) ?? true
    );
  } catch {
    return true;
  }
}

/** The first rule is for all of the address, and tells who it is as many applications want to hear it. */
export function makeRule(): RuleDraft {
  return { path: '/', headers: [makeHeader('claim')] };
}

export function makeHeader(source: HeaderSource): HeaderDraft {
  return withSource({ name: '', source: 'constant', value: '' }, source);
}

/** The same header with its value from elsewhere. */
export function withSource(before: HeaderDraft, source: HeaderSource): HeaderDraft {
  const { name } = before;
  if (source === 'constant') return { name, source, value: '' };
  const { transformations, separator } =
    before.source === 'constant' ? { transformations: [], separator: ',' } : before;
  if (source === 'claim') return { name, source, claim: 'preferred_username', transformations, separator };
  return { name, source, transformations, separator };
}

export function makeTransformation(kind: TransformationKind): TransformationDraft {
  if (kind === 'extract') return { kind, pattern: '' };
  return kind === 'prefix' ? { kind, prefix: '' } : { kind };
}
