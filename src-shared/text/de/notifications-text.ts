import type { Catalogue } from '../catalogue.ts';

const applications = (count: number): string => (count === 1 ? '1 Anwendung ist' : `${count} Anwendungen sind`);

export const notificationsText: Catalogue['notifications'] = {
  connected: (service) => `Wieder verbunden mit ${service}`,
  connectedBody: (count) => `${applications(count)} über diesen Rechner erreichbar.`,
  partlyConnected: (service) => `Teilweise verbunden mit ${service}`,
  partlyConnectedBody: 'Ein Tunnel steht nicht. Benutzer merken nichts, solange ein anderer steht.',
  disconnected: (service) => `Nicht verbunden mit ${service}`,
  disconnectedFromStart: 'Was über diesen Rechner veröffentlicht ist, ist nicht erreichbar.',
  disconnectedBody: (count) => `${applications(count)} über diesen Rechner nicht erreichbar.`,
  applicationFails: (name) => `${name} ist nicht erreichbar`,
  applicationWorks: (name) => `${name} geht wieder`,
  applicationsFail: (count) => `${count} Anwendungen sind nicht erreichbar`,
  applicationsWork: (count) => `${count} Anwendungen gehen wieder`,
  manyBody: 'Die Übersicht sagt von jeder, woran es liegt.',
  worksBody: 'Anfragen von Benutzern kommen durch.',
  updateAvailable: (version) => `Postern ${version} ist verfügbar`,
  updateReady: (version) => `Postern ${version} kann installiert werden`,
  updateNotInstalled: (version) => `Postern ${version} wurde nicht installiert`,
  updateNotInstalledBody:
    'Die App wurde dafür beendet und ist noch die alte. In den Einstellungen steht, was zu tun ist.',
  updateBody: 'In den Einstellungen steht, was sie Neues bringt.',
};
