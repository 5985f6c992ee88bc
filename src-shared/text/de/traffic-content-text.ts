import type { Catalogue } from '../catalogue.ts';

export const trafficContentText: Catalogue['trafficContent'] = {
  headers: 'Header',
  requestHeaders: 'Header der Anfrage',
  responseHeaders: 'Header der Antwort',
  noHeaders:
    'Ihre Header sind nicht aufgehoben: bei großem Andrang nur die von hundert Anfragen je Sekunde, von alten die der letzten 20.000.',
  capture: 'Inhalte mitschneiden',
  captureHint: 'Einige Minuten lang ansehen, was Benutzer senden und bekommen',
  captureTitle: 'Inhalte mitschneiden',
  captureWarning:
    'Was Benutzer senden und bekommen, wird im Vorbeigehen kopiert. Kennwörter und Token werden verborgen, wo ein Name oder ihr Aussehen sie verrät; alle sind nicht zu erkennen. Schneiden Sie nur mit, was Sie ansehen dürfen, und sagen Sie es denen, die es betrifft. Das Audit des Dienstes hält fest, wer es tat, bei welcher Anwendung und wie lange.',
  captureApplication: 'Von der Anwendung',
  captureFor: 'Dauer',
  minutes: (count) => `${count} Minuten`,
  captureLimits:
    'Aufgehoben werden die ersten 256 KiB jedes Inhalts, zusammen 32 MiB, nur im Speicher: mit Ihrer Abmeldung oder dem Ende der App sind sie fort. WebSockets bleiben außen vor.',
  captureFailed: 'Es wird nichts mitgeschnitten',
  captureStart: 'Mitschnitt beginnen',
  captureCancel: 'Abbrechen',
  captureStop: 'Beenden',
  capturing: (name) => `Inhalte von ${name} werden mitgeschnitten`,
  capturingBy: (who, until) => `Begonnen von ${who}, bis ${until}`,
  captured: (count) => `Bisher mitgeschnitten: ${count}`,
  bodies: 'Inhalte',
  requestBody: 'Inhalt der Anfrage',
  responseBody: 'Inhalt der Antwort',
  emptyBody: 'leer',
  binary: 'kein Text, hexadezimal',
  beginning: 'der Anfang',
  copyBody: 'Den Inhalt kopieren',
  discard: (count) => `Alle mitgeschnittenen Inhalte verwerfen (${count})`,
};
