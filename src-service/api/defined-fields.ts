/** An object whose fields may be absent but aren't undefined. */
export type DefinedFields<Whole> = { [Key in keyof Whole]: Exclude<Whole[Key], undefined> };

/** A copy without the fields that are undefined: zod's optional fields admit them, records don't. */
export function withoutUndefined<Whole extends object>(whole: Whole): DefinedFields<Whole> {
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as DefinedFields<Whole>;
}
