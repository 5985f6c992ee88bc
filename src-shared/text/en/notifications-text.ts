const applications = (count: number): string => (count === 1 ? '1 application' : `${count} applications`);

/** What the system's notifications say when health has changed and stayed so. */
export const notificationsText = {
  connected: (service: string) => `Connected to ${service} again`,
  connectedBody: (count: number) => `${applications(count)} can be reached through this machine.`,
  partlyConnected: (service: string) => `Partly connected to ${service}`,
  partlyConnectedBody: 'One of the tunnels is down. Users notice nothing as long as another stands.',
  disconnected: (service: string) => `Not connected to ${service}`,
  disconnectedFromStart: 'What is published through this machine can’t be reached.',
  disconnectedBody: (count: number) => `${applications(count)} can’t be reached through this machine.`,
  applicationFails: (name: string) => `${name} can’t be reached`,
  applicationWorks: (name: string) => `${name} works again`,
  applicationsFail: (count: number) => `${count} applications can’t be reached`,
  applicationsWork: (count: number) => `${count} applications work again`,
  manyBody: 'The overview says where each of them fails.',
  worksBody: 'Requests of users come through.',
  updateAvailable: (version: string) => `Postern ${version} is available`,
  updateReady: (version: string) => `Postern ${version} is ready to install`,
  updateNotInstalled: (version: string) => `Postern ${version} was not installed`,
  updateNotInstalledBody: 'The app ended for it, and is still the old one. The settings say what to do.',
  updateBody: 'The settings say what is new in it.',
};
