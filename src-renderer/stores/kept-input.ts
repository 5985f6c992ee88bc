/** A form with pasted certificates is larger than this only by mistake. */
export const MAX_KEPT_CHARACTERS = 262_144;

interface Kept {
  readonly over: string;
  readonly input: unknown;
}

/**
 * What was typed in a form when the window's process died, or another page was opened from outside; `fresh` where nothing was, or it
 * was typed over something else. It lives as long as the window, so that it is of this version of the app.
 *
 * @param over what the form began with, or whose it is
 */
export function readKeptInput<Input>(name: string, over: unknown, fresh: Input): Input {
  const text = sessionStorage.getItem(keyOf(name));
  const kept = text === null ? null : (JSON.parse(text) as Kept);
  return kept?.over === JSON.stringify(over) ? (kept.input as Input) : fresh;
}

/** Never for a secret: Chromium writes it to the disk. */
export function keepInput(name: string, over: unknown, input: unknown): void {
  const text = JSON.stringify({ over: JSON.stringify(over), input } satisfies Kept);
  if (text.length <= MAX_KEPT_CHARACTERS) sessionStorage.setItem(keyOf(name), text);
}

/** It was saved or given up. */
export function forgetInput(name: string): void {
  sessionStorage.removeItem(keyOf(name));
}

function keyOf(name: string): string {
  return `input-${name}`;
}
