import { create } from 'zustand';

interface Outcome {
  readonly message: string;
  readonly remedy: string | null;
}

/** Outlives the part of the page, which begins anew with what was saved. */
const useOutcome = create<{ readonly outcome: Outcome | null }>(() => ({ outcome: null }));

/** What was wrong with the proxy when it was last saved. */
export function useLastOutcome(): readonly [outcome: Outcome | null, set: (outcome: Outcome | null) => void] {
  return [useOutcome((store) => store.outcome), (outcome) => useOutcome.setState({ outcome })];
}
