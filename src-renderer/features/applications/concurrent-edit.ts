import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import { type ApplicationDraft, changesOf, externalUrlOf } from './application-draft.ts';

/** What somebody else has changed since the form was opened. */

/** The draft over what is there by now: what it leaves alone is as somebody else has it. */
export function rebase(
  draft: ApplicationDraft,
  base: ApplicationDraft,
  theirs: ApplicationDraft,
  service: ServiceSummary,
): ApplicationDraft {
  // The two together are one address.
  const isMoved = externalUrlOf(draft, service) !== externalUrlOf(base, service);
  const { externalLabel, customExternalUrl } = isMoved ? draft : theirs;
  return {
    ...merge(draft, base, theirs),
    settings: merge(draft.settings, base.settings, theirs.settings),
    externalLabel,
    customExternalUrl,
  };
}

/** The fields that both have changed, each to something else, as the API spells them. */
export function findOverlap(
  draft: ApplicationDraft,
  base: ApplicationDraft,
  theirs: ApplicationDraft,
  service: ServiceSummary,
): readonly string[] {
  const mine = changesOf(base, draft, service);
  const others = changesOf(base, theirs, service);
  const fields = [...mine].filter(([field, value]) => others.has(field) && others.get(field) !== value);
  // Two fields are one choice: each may have changed another of them.
  const isAccessOverlap = new Set([draft.access, base.access, theirs.access]).size === 3;
  return [...new Set([...(isAccessOverlap ? ['appRoleAssignmentRequired'] : []), ...fields.map(([field]) => field)])];
}

function merge<Value extends object>(mine: Value, base: Value, theirs: Value): Value {
  const entries = Object.entries(mine).map(([key, value]: [string, unknown]): [string, unknown] => [
    key,
    JSON.stringify(value) === JSON.stringify(Reflect.get(base, key)) ? Reflect.get(theirs, key) : value,
  ]);
  return Object.fromEntries(entries) as Value;
}
