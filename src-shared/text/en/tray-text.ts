/** The tray icon's menu and tooltip. */
export const trayText = {
  resume: 'Resume',
  pause: 'Pause',
  tryAgainNow: 'Try again now',
  open: 'Open Postern',
  quit: 'Quit',
  theService: 'the service',
  applications: (count: number) => (count === 1 ? '1 application' : `${count} applications`),
  notSetUp: 'Not set up yet',
  connected: (service: string, applications: string) => `Connected to ${service}, ${applications}`,
  partlyConnected: (service: string, applications: string) => `Partly connected to ${service}, ${applications}`,
  notConnected: (service: string) => `Not connected to ${service}`,
  paused: 'Paused: nothing is published',
};
