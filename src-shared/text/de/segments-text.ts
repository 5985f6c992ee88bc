import type { Catalogue } from '../catalogue.ts';

export const segmentsText: Catalogue['segments'] = {
  add: 'Segment hinzufügen',
  title: (externalUrl, place) => (externalUrl === '' ? `Segment ${place}` : externalUrl),
  summary: (internalUrl, rules) =>
    `Führt zu ${internalUrl === '' ? '…' : internalUrl}${rules === 0 ? '' : rules === 1 ? ', 1 CORS-Regel' : `, ${rules} CORS-Regeln`}`,
  externalUrl: 'Externe URL',
  internalUrl: 'Interne URL',
  alternateUrl: {
    label: 'Weitere URL',
    hint: 'Eine weitere externe URL für dasselbe, etwa die eines Lastverteilers davor. Standard: keine.',
  },
  cors: (resource) => `CORS-Regel für ${resource}`,
  addCors: 'Anfragen von Seiten anderer Herkunft erlauben (CORS)',
  removeCors: (resource) => `CORS-Regel für ${resource} entfernen`,
  resource: { label: 'CORS: Pfad', hint: '/ ist das ganze Segment.' },
  allowedOrigins: 'Wer anfragen darf (Origins), je Zeile einer',
  allowedMethods: 'Methoden, je Zeile eine',
  allowedHeaders: { label: 'Header, je Zeile einer', hint: 'Ein * am Ende steht für einen beliebigen Rest.' },
  maxAge: { label: 'Sekunden, die Browser es sich merken', hint: '0 bis 86400. Standard: 0.' },
  fields: {
    externalUrl: 'Externe URL',
    internalUrl: 'Interne URL',
    alternateUrl: 'Weitere URL',
    resource: 'CORS: Pfad',
    allowedOrigins: 'Origins',
    allowedMethods: 'Methoden',
    allowedHeaders: 'Header',
    maxAgeInSeconds: 'Sekunden',
  },
};
