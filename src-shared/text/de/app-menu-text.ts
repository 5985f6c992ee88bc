import type { Catalogue } from '../catalogue.ts';

export const appMenuText: Catalogue['appMenu'] = {
  close: 'Fenster schließen',
  quit: 'Postern beenden',
  edit: 'Bearbeiten',
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  cut: 'Ausschneiden',
  copy: 'Kopieren',
  paste: 'Einfügen',
  selectAll: 'Alles auswählen',
  view: 'Ansicht',
  zoomIn: 'Vergrößern',
  zoomOut: 'Verkleinern',
  resetZoom: 'Originalgröße',
  fullScreen: 'Vollbild',
};
