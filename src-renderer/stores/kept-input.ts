import { type KeptForm, MAX_KEPT_CHARACTERS } from '../../src-shared/ipc/kept-forms.ts';
import { call } from '../bridge/bridge.ts';

interface Kept {
  readonly over: string;
  readonly input: unknown;
}

/** As the main process has it, too, which keeps it over the end of this one. */
const kept = new Map<KeptForm, string>();

/** Takes up what the window's process before this one had. Before the first form is shown. */
export async function loadKeptInputs(): Promise<void> {
  for (const [form, text] of Object.entries(await call('readKeptInputs'))) kept.set(form as KeptForm, text);
}

/**
 * What was typed in a form when the window's process died, or another page was opened from outside; `fresh` where nothing was, or it
 * was typed over something else. It lives as long as the app, so that it is of this version.
 *
 * @param over what the form began with, or whose it is
 */
export function readKeptInput<Input>(form: KeptForm, over: unknown, fresh: Input): Input {
  const text = kept.get(form);
  const found = text === undefined ? null : (JSON.parse(text) as Kept);
  return found?.over === JSON.stringify(over) ? (found.input as Input) : fresh;
}

export function keepInput(form: KeptForm, over: unknown, input: unknown): void {
  const text = JSON.stringify({ over: JSON.stringify(over), input } satisfies Kept);
  if (text.length > MAX_KEPT_CHARACTERS || text === kept.get(form)) return;
  kept.set(form, text);
  void call('keepInput', { form, text });
}

/** It was saved or given up. */
export function forgetInput(form: KeptForm): void {
  if (kept.delete(form)) void call('keepInput', { form, text: null });
}
