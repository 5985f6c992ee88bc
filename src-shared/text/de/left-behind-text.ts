import type { Catalogue } from '../catalogue.ts';

export const leftBehindText: Catalogue['leftBehind'] = {
  title: {
    application: (name) => `${name} ist vielleicht trotzdem veröffentlicht`,
    connector: (name) => `Der Connector ${name} ist vielleicht trotzdem registriert`,
  },
  text: 'Sie haben es abgebrochen, aber beim Dienst ließ es sich nicht entfernen.',
  tryAgain: 'Jetzt entfernen',
  trying: 'Wird entfernt…',
  leave: 'Dort lassen',
};
