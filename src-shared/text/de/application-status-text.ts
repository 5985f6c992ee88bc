import type { Catalogue } from '../catalogue.ts';

export const applicationStatusText: Catalogue['applicationStatus'] = {
  ok: 'Erreichbar',
  okDetail: 'Die letzte Anfrage eines Benutzers kam durch.',
  unknown: 'Noch nicht benutzt',
  unknownDetail: 'Noch hat keine Anfrage eines Benutzers gezeigt, ob sie zu erreichen ist.',
  disabled: 'Wartung',
  disabledDetail: 'Alle erhalten die Wartungsseite.',
  rejected: 'Änderung nicht übernommen',
  rejectedDetail: (reason) => `Auf diesem Rechner gilt weiter, was vorher galt: ${reason}`,
  noConnector: 'Kein Connector',
  noConnectorDetail: 'Kein Connector ihrer Gruppe ist verbunden.',
  failsAt: (hop) => `Scheitert: ${hop}`,
  hop: {
    client: 'Browser des Benutzers',
    service: 'Dienst',
    'sign-in': 'Anmeldung',
    policy: 'Regeln',
    connector: 'Connector',
    tunnel: 'Tunnel',
    dns: 'Name',
    connect: 'Verbindung',
    tls: 'Zertifikat',
    backend: 'Anwendung',
  },
};
