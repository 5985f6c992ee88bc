import type { Catalogue } from '../catalogue.ts';

export const sessionsText: Catalogue['sessions'] = {
  signInReason: 'Melden Sie sich als Administrator an, um zu sehen, wer angemeldet ist, und um jemanden abzumelden.',
  subtitle: (service) => `Wer bei ${service} angemeldet ist`,
  refresh: 'Aktualisieren',
  listFailed: 'Die Liste konnte nicht gelesen werden',
  reading: 'Wird gelesen…',
  tryAgain: 'Noch einmal versuchen',
  readingList: 'Die Liste wird gelesen',
  emptyTitle: 'Niemand ist angemeldet',
  emptyText:
    'Wer eine veröffentlichte Anwendung öffnet und sich anmeldet, steht hier, mit dem Gerät und der Adresse, von der es kam.',
  search: 'Anfang von Name, Gerät, Adresse',
  searchLabel: 'Sitzungen suchen',
  application: 'Anwendung',
  noneMatches: 'Keine Sitzung passt.',
  hasMore: (shown) => `Es gibt mehr als diese ${shown} neuesten. Suchen Sie, um die anderen zu finden.`,
  column: {
    who: 'Wer',
    device: 'Gerät',
    applications: 'Anwendungen',
    lastUsed: 'Zuletzt benutzt',
    ends: 'Endet',
    actions: 'Aktionen',
  },
  device: ({ program, system }) => {
    if (program === null && system === null) return 'Unbekanntes Gerät';
    return system === null ? (program ?? '') : `${program ?? 'Ein Browser'} unter ${system}`;
  },
  since: (time) => `seit ${time}`,
  actionsFor: (person, device) => `Aktionen für ${person} auf ${device}`,
  endThis: 'Diese Sitzung beenden',
  signOutPerson: (person) => `${person} überall abmelden`,
  goneApplication: 'eine, die es nicht mehr gibt',
  noApplication: 'Noch keine vermerkt',
  ended: 'Die Sitzung ist beendet',
  signedOut: (person) => `${person} ist überall abgemeldet`,
  endTitle: (person) => `Diese Sitzung von ${person} beenden?`,
  signOutTitle: (person) => `${person} überall abmelden?`,
  endText: (person, device, address) =>
    `${person} wird auf ${device} unter ${address} von allen Anwendungen abgemeldet. Andere Geräte bleiben angemeldet.`,
  signOutText: (person) =>
    `Jede Sitzung von ${person} endet, auf allen Geräten, und bisher ausgestellte Zugriffstoken werden abgewiesen.`,
  consequences:
    'Laufende Downloads und Verbindungen werden binnen einer Sekunde getrennt; was dort nicht gespeichert war, kann verloren sein. Das lässt sich nicht rückgängig machen. Es hält niemanden fern: Wer sich wieder anmelden darf, entscheiden der Identitätsanbieter und die Zuweisungen der Anwendung.',
  failed: 'Die Sitzung wurde nicht beendet',
  signingOut: 'Wird abgemeldet…',
  end: 'Sitzung beenden',
  signOut: 'Überall abmelden',
};
