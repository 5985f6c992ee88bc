import { type ApplicationDraft, emptyDraft } from '../applications/application-draft.ts';
import { MAX_KEPT_CHARACTERS } from '../../../src-shared/ipc/kept-forms.ts';
import { mayHoldSecret } from '../applications/header-rules.ts';
import type { ConnectorName } from './name-step.tsx';

const KEPT_UNDER = 'wizard-draft';

/** What was typed in the wizard and is not at the service yet. */
export interface WizardDraft {
  readonly name: ConnectorName;
  readonly application: ApplicationDraft;
}

/** As it was when the app, or the wizard, was left; `fresh` where nothing was, or what is kept can't be read. */
export function readKeptDraft(fresh: WizardDraft): WizardDraft {
  const kept = localStorage.getItem(KEPT_UNDER);
  if (kept === null) return fresh;
  try {
    const { name, application } = JSON.parse(kept) as WizardDraft;
    return {
      name: alike(fresh.name, name),
      application: {
        ...alike(fresh.application, application),
        settings: alike(fresh.application.settings, application.settings),
      },
    };
  } catch {
    return fresh;
  }
}

/** On the disk, and so without fixed values of headers, which may be secrets. */
export function keepDraft({ name, application }: WizardDraft): void {
  const { headerSignOnSettings } = application.settings;
  const settings = mayHoldSecret(headerSignOnSettings)
    ? { ...application.settings, headerSignOnSettings: '' }
    : application.settings;
  const text = JSON.stringify({ name, application: { ...application, settings } } satisfies WizardDraft);
  if (text.length <= MAX_KEPT_CHARACTERS) localStorage.setItem(KEPT_UNDER, text);
}

/** What was typed is published, or given up. */
export function forgetDraft(): void {
  localStorage.removeItem(KEPT_UNDER);
}

export function freshDraft(machineName: string, internalUrl: string): WizardDraft {
  return { name: { displayName: machineName, connectorGroupId: null }, application: emptyDraft(internalUrl) };
}

/** The fields that are of the same kind as in `model`; another version of the app may have kept others. */
function alike<Fields extends object>(model: Fields, kept: object): Fields {
  const taken = Object.entries(model).map(([name, value]: [string, unknown]) => {
    const found: unknown = Reflect.get(kept, name);
    const isAlike = value === null ? found === null || typeof found === 'string' : kindOf(found) === kindOf(value);
    return [name, isAlike ? found : value];
  });
  return Object.fromEntries(taken) as Fields;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
