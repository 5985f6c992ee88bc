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
};
