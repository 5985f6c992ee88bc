import type { LeftBehindKind } from '../../ipc/app-state.ts';

/** What was taken back and could not be removed at the service. */
export const leftBehindText = {
  title: {
    application: (name: string) => `${name} may be published all the same`,
    connector: (name: string) => `The connector ${name} may be enrolled all the same`,
  } satisfies Record<LeftBehindKind, (name: string) => string>,
  text: 'You took it back, but it could not be removed at the service.',
  tryAgain: 'Remove it now',
  trying: 'Removing…',
  leave: 'Leave it there',
};
