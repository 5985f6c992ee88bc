/** The page “Overview”. */
export const overviewText = {
  retryNow: 'Retry now',
  resume: 'Resume',
  pause: 'Pause',
  tunnels: 'Tunnels',
  noTunnel: 'No tunnel is open.',
  tunnel: (number: number) => `Tunnel ${number}`,
  againIn: 'again in',
  openStreams: (count: number) => `${count} open`,
  lastFailures: 'Last failures',
  allTraffic: 'All traffic',
  noFailures: 'None since the app was started.',
  failed: 'failed',
  pauseNotKept: 'The change was not kept',
  pausedTitle: 'Paused',
  pausedText: 'Nothing is served by this connector until you resume it.',
  drainedTitle: 'No new requests come here',
  drainedText:
    'An administrator lets this connector run empty. What runs here goes on; new requests go to the others of its group.',
  drainedBy: (who: string, when: string) => `By ${who}, ${when}.`,
  undrain: 'Take requests again',
  undrainFailed: 'It still gets no new requests',
  engineRestarted: 'The engine was started again',
  engineRestartedText: (time: string, restarts: number, message: string) =>
    `At ${time}, ${restarts === 1 ? 'once so far' : `${restarts} times so far`}: ${message}`,
  rejectedTitle: (count: number) =>
    count === 1 ? 'An application could not be changed here' : `${count} applications could not be changed here`,
  rejectedText: 'What was before stays in force.',
  barredTitle: (count: number) =>
    count === 1
      ? 'An application is not served by this machine'
      : `${count} applications are not served by this machine`,
  barredText: 'The allow-list of this machine does not permit it; the service can not change that.',
  rejectedMore: (count: number) => `and ${count} more`,
};
