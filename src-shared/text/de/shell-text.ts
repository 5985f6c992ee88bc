import type { Catalogue } from '../catalogue.ts';

export const shellText: Catalogue['shell'] = {
  starting: 'Startet…',
  pages: 'Seiten',
  page: {
    overview: 'Übersicht',
    applications: 'Anwendungen',
    traffic: 'Verkehr',
    sessions: 'Sitzungen',
    connectors: 'Connectors',
    diagnostics: 'Diagnose',
    settings: 'Einstellungen',
  },
  cancel: 'Abbrechen',
  undo: 'Rückgängig',
  undoFailed: 'Das Rückgängigmachen ist misslungen',
  copied: 'Kopiert',
  signOut: 'Abmelden',
  readerAccount: 'Leser: darf ansehen, nicht ändern',
  readerRefusal: 'Ihr Konto darf alles ansehen und nichts ändern. Änderungen brauchen die Rolle eines Administrators.',
};
