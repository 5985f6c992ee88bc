import type { AppState } from '../../../src-shared/ipc/app-state.ts';

export const WIZARD_STEPS = ['service', 'signIn', 'check', 'name', 'enrol', 'publish', 'done'] as const;
export type WizardStep = (typeof WIZARD_STEPS)[number];

type Progress = Pick<AppState, 'service' | 'account' | 'connector' | 'isPathChecked'>;

/** Whether a step's work stands, so that the wizard may go past it. */
function isStepDone(step: WizardStep, progress: Progress): boolean {
  switch (step) {
    case 'service':
      return progress.service !== null;
    case 'signIn':
      return progress.account !== null;
    case 'check':
      return progress.isPathChecked || progress.connector !== null;
    case 'name':
    case 'enrol':
      return progress.connector !== null;
    case 'publish':
    case 'done':
      return false;
  }
}

/** Where a wizard that is opened again goes on: the first step whose work doesn't stand. */
export function resumeStep(progress: Progress): WizardStep {
  return WIZARD_STEPS.find((step) => !isStepDone(step, progress)) ?? 'done';
}

/** The step that "Next" leads to. A connector that is enrolled has its name already. */
export function stepAfter(step: WizardStep, isEnrolled: boolean): WizardStep {
  const after = WIZARD_STEPS[WIZARD_STEPS.indexOf(step) + 1] ?? step;
  return after === 'name' && isEnrolled ? 'enrol' : after;
}

/** The step that "Back" leads to. Enrolling is not taken back by going back. */
export function stepBefore(step: WizardStep, isEnrolled: boolean): WizardStep | null {
  const before = WIZARD_STEPS[WIZARD_STEPS.indexOf(step) - 1] ?? null;
  if (before === null || step === 'done') return null;
  return before === 'name' && isEnrolled ? 'check' : before;
}
