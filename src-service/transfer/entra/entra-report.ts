/** Something of the tenant that is not as it was. */
export interface EntraNote {
  /** `lost`: it isn't carried over; `changed`: it is, but otherwise; `toDo`: what is left to be done. */
  readonly kind: 'lost' | 'changed' | 'toDo';
  /** Whose: an application, group or connector; empty for the whole tenant. */
  readonly object: string;
  /** Graph's name of it. */
  readonly field: string;
  /** What it is, and why. */
  readonly reason: string;
  /** What to do instead. */
  readonly instead: string;
}

const HEADINGS = { lost: 'not carried over', changed: 'carried over otherwise', toDo: 'to do' } as const;

/** The report in words, object by object. */
export function describeEntraReport(notes: readonly EntraNote[]): string {
  const byObject = Map.groupBy(notes, ({ object }) => object);
  const blocks = [...byObject].map(([object, own]) => {
    const lines = own.map(({ kind, field, reason, instead }) => `  ${HEADINGS[kind]}: ${field}: ${reason} ${instead}`);
    return [object === '' ? 'The tenant' : object, ...lines].join('\n');
  });
  return blocks.join('\n');
}
