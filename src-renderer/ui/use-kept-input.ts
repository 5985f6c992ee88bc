import { useState } from 'react';
import { forgetInput, keepInput, readKeptInput } from '../stores/kept-input.ts';

export interface KeptInput<Input> {
  readonly input: Input;
  readonly change: (input: Input) => void;
  /** Begins anew: it was saved, or given up. */
  readonly forget: () => void;
}

/**
 * What is typed in a form and not saved yet: it outlives the page, and the window's process. Never for a secret.
 *
 * @param over what the form begins with, or whose it is: what was typed over something else is not taken up
 */
export function useKeptInput<Input>(name: string, over: unknown, fresh: () => Input): KeptInput<Input> {
  const [input, setInput] = useState(() => readKeptInput(name, over, fresh()));
  return {
    input,
    change: (changed) => {
      keepInput(name, over, changed);
      setInput(changed);
    },
    forget: () => {
      forgetInput(name);
      setInput(fresh());
    },
  };
}
