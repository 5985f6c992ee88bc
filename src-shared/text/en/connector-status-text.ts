/** The connector's health in a word, and what a tunnel does. */
export const connectorStatusText = {
  connected: 'Connected',
  partlyConnected: 'Partly connected',
  connecting: 'Connecting…',
  notConnected: 'Not connected',
  paused: 'Paused',
  drained: 'Drained',
  tunnel: {
    idle: 'Not started',
    dialling: 'Dialling',
    authenticating: 'Proving itself',
    connected: 'Connected',
    waiting: 'Waiting',
    draining: 'Finishing',
    refused: 'Refused',
  },
};
