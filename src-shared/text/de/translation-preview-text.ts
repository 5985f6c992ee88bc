import type { Catalogue } from '../catalogue.ts';

export const translationPreviewText: Catalogue['translationPreview'] = {
  preview: 'Vorschau',
  hint: 'Holt die erste Seite von diesem Rechner aus und zeigt, was der Connector an ihr, ihren Headern und Cookies ändert.',
  failed: 'Die Seite konnte nicht geholt werden',
  changes: 'Was geändert wird',
  where: 'Wo',
  before: 'Vorher',
  after: 'Nachher',
  page: 'Seite',
  leftOut: 'weggelassen',
  bodyOff: 'Was unter „Seite“ steht, wird erst übersetzt, wenn „Links in Seiten übersetzen“ eingeschaltet ist.',
  same: 'bleibt, wie es ist',
  nothing: 'Nichts wird geändert.',
  notTranslatable: 'Das ist keine Seite und kein Stylesheet; der Inhalt bleibt, wie er ist.',
  seenAll: (size) => `Die ganze Seite wurde angesehen (${size}).`,
  seenFirst: (size) => `Die ersten ${size} wurden angesehen.`,
};
