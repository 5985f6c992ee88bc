/** What each step is given: where to go on to, and the way back. */
export interface StepProps {
  readonly onNext: () => void;
  /** Null where there is no way back. */
  readonly onBack: (() => void) | null;
}
