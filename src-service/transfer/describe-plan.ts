import type { ConfigurationPlan, ObjectChange, ObjectKind } from './configuration-plan.ts';

const WORDS: Readonly<Record<ObjectKind, string>> = {
  connectorGroup: 'connector group',
  application: 'application',
  assignment: 'assignment',
  certificate: 'certificate',
};
const SIGNS = { create: '+', change: '~', delete: '-' } as const;
const SHOWN_CHARACTERS = 160;

/** A plan in words for a terminal, one object after the other, its fields below it. */
export function describePlan({ changes, kept }: ConfigurationPlan): string {
  const blocks = changes.map(describeChange);
  const count = (action: ObjectChange['action']): number => changes.filter((change) => change.action === action).length;
  const lines = [
    ...blocks,
    ...(blocks.length > 0 ? [''] : []),
    changes.length === 0
      ? 'Nothing would change.'
      : `${count('create')} to create, ${count('change')} to change, ${count('delete')} to delete.`,
  ];
  if (kept.length > 0) {
    lines.push('', `Not in the file, and kept (--prune deletes ${kept.length === 1 ? 'it' : 'them'}):`);
    lines.push(...kept.map(({ kind, id, name }) => `  ${WORDS[kind]} "${name}" (${id})`));
  }
  return lines.join('\n');
}

/** The plan as data, for programs. */
export function planAsJson({ changes, kept }: ConfigurationPlan, state: string): object {
  return { state, changes: changes.map(planned), kept };
}

function planned({ action, kind, id, name, fields }: ObjectChange): object {
  return { action, kind, id, name, fields };
}

function describeChange({ action, kind, id, name, fields }: ObjectChange): string {
  const head = `${SIGNS[action]} ${action} ${WORDS[kind]} "${name}"${id === null ? '' : ` (${id})`}`;
  const lines = fields.map(({ path, before, after }) =>
    action === 'create' ? `    ${path}: ${shown(after)}` : `    ${path}: ${shown(before)} → ${shown(after)}`,
  );
  return [head, ...lines].join('\n');
}

function shown(value: unknown): string {
  const text = value === undefined ? '(none)' : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
