import type { Catalogue } from '../catalogue.ts';

export const updatesText: Catalogue['updates'] = {
  title: 'Aktualisierungen',
  text: 'Neuere Versionen dieser App. Geglaubt wird nur, was ihr Herausgeber unterschrieben hat, woher es auch kommt; der Dienst kann nichts installieren.',
  ownVersion: 'Diese App',
  forTests: 'nur zum Ausprobieren, nicht zum Weitergeben',
  lastCheck: 'Zuletzt gesucht',
  never: 'noch nicht',
  outcome: {
    newest: 'diese ist die neueste',
    newer: 'es gibt eine neuere',
    failed: 'gescheitert',
  },
  source:
    'Sie läuft aus ihrem Quelltext, für den es keine Quelle von Aktualisierungen gibt: Holen Sie den neueren, rufen Sie dort npm install auf und starten Sie neu.',
  noPublisher:
    'Dieses Paket nennt keinen Herausgeber, dem zu glauben wäre. Neuere Versionen kommen so, wie diese installiert wurde.',
  tells:
    'Diese Kopie wurde aus einem Archiv entpackt: Sie sagt, wenn es eine neuere Version gibt, und Sie setzen die an ihre Stelle.',
  isAutomatic: 'Einmal am Tag nach einer neueren Version suchen',
  isAutomaticHint: 'Sie werden darauf hingewiesen; von selbst wird nichts geladen oder installiert.',
  feed: 'Quelle',
  feedHint: (url) => `Leer für die des Pakets: ${url}.`,
  feedProblem: 'Geben Sie eine https-Adresse ohne Benutzer, Abfrage und Fragment an.',
  check: 'Jetzt suchen',
  checking: 'Wird gesucht…',
  available: (version) => `Version ${version} ist verfügbar`,
  ready: (version) => `Version ${version} kann installiert werden`,
  released: (date) => `vom ${date}`,
  notes: 'Was neu ist',
  noNotes: 'Ihr Herausgeber sagt nicht, was neu ist.',
  download: 'Herunterladen',
  downloading: (received, total, rate) => `${received} von ${total}, ${rate} je Sekunde`,
  starting: 'Das Herunterladen beginnt…',
  cancel: 'Abbrechen',
  install: 'Neu starten und installieren',
  installing: 'Wird installiert… Vielleicht werden Sie nach dem Kennwort eines Administrators gefragt.',
  failed: 'Die Aktualisierung ist misslungen',
  serviceVersion: 'Der Dienst',
  checkVersions: 'Den Dienst fragen',
  versionUnknown: 'noch nicht gefragt',
  versionNoAnswer: 'keine Antwort',
  versionsEqual: 'Beide haben dieselbe Version.',
  versionsDiffer:
    'Sie unterscheiden sich. Alt und Neu arbeiten zusammen; aktualisieren Sie bei Gelegenheit die ältere.',
};
