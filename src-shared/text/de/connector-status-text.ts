import type { Catalogue } from '../catalogue.ts';

export const connectorStatusText: Catalogue['status'] = {
  connected: 'Verbunden',
  partlyConnected: 'Teilweise verbunden',
  connecting: 'Verbindet…',
  notConnected: 'Nicht verbunden',
  paused: 'Angehalten',
  drained: 'Läuft leer',
  tunnel: {
    idle: 'Nicht gestartet',
    dialling: 'Verbindet',
    authenticating: 'Weist sich aus',
    connected: 'Verbunden',
    waiting: 'Wartet',
    draining: 'Läuft aus',
    refused: 'Abgewiesen',
  },
};
