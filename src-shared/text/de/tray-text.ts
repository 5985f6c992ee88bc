import type { Catalogue } from '../catalogue.ts';

export const trayText: Catalogue['tray'] = {
  resume: 'Fortsetzen',
  pause: 'Anhalten',
  tryAgainNow: 'Jetzt versuchen',
  open: 'Postern öffnen',
  quit: 'Beenden',
  theService: 'dem Dienst',
  applications: (count) => (count === 1 ? '1 Anwendung' : `${count} Anwendungen`),
  notSetUp: 'Noch nicht eingerichtet',
  connected: (service, applications) => `Verbunden mit ${service}, ${applications}`,
  partlyConnected: (service, applications) => `Teilweise verbunden mit ${service}, ${applications}`,
  notConnected: (service) => `Nicht verbunden mit ${service}`,
  paused: 'Angehalten: nichts ist veröffentlicht',
  drained: (service) => `Läuft leer: neue Anfragen gehen von ${service} nicht hierher`,
  undrain: 'Wieder Anfragen nehmen',
  moreApplications: (count) => `und ${count} weitere`,
  capturing: (name, until) => `● Inhalte von ${name} werden bis ${until} mitgeschnitten`,
  stopCapture: 'Mitschnitt beenden',
  someFail: (failing, applications) => `${failing} von ${applications} gestört`,
  quitTitle: 'Postern beenden?',
  quitMessage: (applications) => `Über diesen Rechner nicht mehr erreichbar: ${applications}.`,
  quitDetail:
    'Benutzer sehen eine Fehlerseite, wenn kein anderer Connector der Gruppe einspringt. Soll Postern weiterlaufen, schließen Sie nur das Fenster.',
  quitNow: 'Jetzt beenden',
  stay: 'Weiterlaufen lassen',
};
