import type { Catalogue } from '../catalogue.ts';

export const applicationTestText: Catalogue['applicationTest'] = {
  title: (name) => `Test von ${name}`,
  failedTitle: 'Der Test war nicht möglich',
  running: 'Wird getestet…',
  again: 'Erneut testen',
  close: 'Schließen',
  stations: 'Stationen einer Anfrage',
  activityId: (id) => `Aktivitäts-ID ${id}`,
  copyActivityId: 'Aktivitäts-ID kopieren',
  atHop: (hop) => `Es scheiterte an: ${hop}.`,
  station: {
    service: 'Beim Dienst',
    address: 'Externe Adresse',
    tunnel: 'Durch den Tunnel',
    backend: 'Von diesem Rechner',
    request: 'Der ganze Weg',
  },
  finding: {
    known: () => 'Der Dienst kennt sie.',
    asksForSignIn: () => 'Sie verlangt eine Anmeldung, wie sie es soll.',
    answered: (detail) => `Sie antwortet: ${detail}`,
    inMaintenance: () => 'Sie ist in Wartung; nichts wird durchgelassen.',
    failed: (detail) => detail,
    isWildcard: () => 'Nicht getestet: Ein Platzhalter steht für viele Adressen.',
    probeAnswered: (connector) => `Die Proben des Dienstes kommen von ${connector} zurück.`,
    noConnector: () => 'Kein Connector ihrer Gruppe ist verbunden.',
    noProbeAnswered: () => 'Die Connectors sind da und haben noch keine Probe des Dienstes beantwortet.',
    isElsewhere: () => 'Nicht getestet: Nicht dieser Rechner bedient sie, sondern andere Connectors.',
    needsSignIn: () =>
      'Nicht getestet: So weit kommt nur, wer sich anmeldet. Öffnen Sie die Anwendung dazu im Browser.',
  },
};
