import type { AppState } from '../../../src-shared/ipc/app-state.ts';

export const WIZARD_STEPS = ['service', 'signIn', 'check', 'name', 'enrol', 'publish', 'done'] as const;
export type WizardStep = (typeof WIZARD_STEPS)[number];

export const STEP_TITLES: Readonly<Record<WizardStep, string>> = {
  service: 'Service address',
  signIn: 'Sign in',
  check: 'Check the path',
  name: 'Name and group',
  enrol: 'Enrol',
  publish: 'First application',
  done: 'Done',
};

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

export function stepAfter(step: WizardStep): WizardStep {
  return WIZARD_STEPS[WIZARD_STEPS.indexOf(step) + 1] ?? step;
}

/** The step that "Back" leads to. Enrolling is not taken back by going back, so the way back ends behind it. */
export function stepBefore(step: WizardStep, isEnrolled: boolean): WizardStep | null {
  const before = WIZARD_STEPS[WIZARD_STEPS.indexOf(step) - 1] ?? null;
  if (before === null || step === 'done') return null;
  return isEnrolled && before === 'enrol' ? null : before;
}
