import type { Catalogue } from '../catalogue.ts';

export const overviewText: Catalogue['overview'] = {
  retryNow: 'Jetzt versuchen',
  resume: 'Fortsetzen',
  pause: 'Anhalten',
  tunnels: 'Tunnel',
  noTunnel: 'Kein Tunnel ist offen.',
  tunnel: (number) => `Tunnel ${number}`,
  againIn: 'wieder in',
  openStreams: (count) => `${count} offen`,
  lastFailures: 'Letzte Fehler',
  allTraffic: 'Der ganze Verkehr',
  noFailures: 'Keiner seit dem Start der App.',
  failed: 'Fehler',
  pauseNotKept: 'Die Änderung ist nicht gespeichert',
  pausedTitle: 'Angehalten',
  pausedText: 'Dieser Connector bedient nichts, bis Sie ihn fortsetzen.',
  drainedTitle: 'Neue Anfragen kommen nicht hierher',
  drainedText:
    'Ein Administrator lässt diesen Connector leerlaufen. Was hier läuft, läuft weiter; neue Anfragen gehen an die anderen seiner Gruppe.',
  drainedBy: (who, when) => `Durch ${who}, ${when}.`,
  undrain: 'Wieder Anfragen nehmen',
  undrainFailed: 'Er bekommt weiterhin keine neuen Anfragen',
  engineRestarted: 'Die Engine wurde neu gestartet',
  engineRestartedText: (time, restarts, message) =>
    `Um ${time}, bisher ${restarts === 1 ? 'einmal' : `${restarts}-mal`}: ${message}`,
  rejectedTitle: (count) =>
    count === 1
      ? 'Eine Anwendung konnte hier nicht geändert werden'
      : `${count} Anwendungen konnten hier nicht geändert werden`,
  rejectedText: 'Was vorher galt, gilt weiter.',
  barredTitle: (count) =>
    count === 1
      ? 'Eine Anwendung wird von diesem Rechner nicht bedient'
      : `${count} Anwendungen werden von diesem Rechner nicht bedient`,
  barredText: 'Die Zulassungsliste dieses Rechners erlaubt es nicht; der Dienst kann das nicht ändern.',
  rejectedMore: (count) => `und ${count} weitere`,
};
