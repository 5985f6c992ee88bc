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
  moreApplications: (count: number) => `and ${count} more`,
  someFail: (failing: number, applications: string) => `${failing} of ${applications} failing`,
  quitTitle: 'Quit Postern?',
  quitMessage: (applications: string) => `${applications} can’t be reached through this machine any more.`,
  quitDetail:
    'Users see an error page, unless another connector of the group serves them. To leave Postern running, close its window instead.',
  quitNow: 'Quit',
  stay: 'Keep it running',
};
