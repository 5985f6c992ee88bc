import { useState } from 'react';
import type { KeptForm } from '../../src-shared/ipc/kept-forms.ts';
import { forgetInput, keepInput, readKeptInput } from '../stores/kept-input.ts';

export interface KeptInput<Input> {
  readonly input: Input;
  readonly change: (input: Input) => void;
  /** It was saved, or given up: begins anew. */
  readonly forget: () => void;
}

/**
 * What is typed in a form and not saved yet: it outlives the page, and the window's process.
 *
 * @param over what the form begins with, or whose it is: what was typed over something else is not taken up
 */
export function useKeptInput<Input>(form: KeptForm, over: unknown, fresh: () => Input): KeptInput<Input> {
  const [input, setInput] = useState(() => readKeptInput(form, over, fresh()));
  return {
    input,
    change: (changed) => {
      keepInput(form, over, changed);
      setInput(changed);
    },
    forget: () => {
      forgetInput(form);
      setInput(fresh());
    },
  };
}
