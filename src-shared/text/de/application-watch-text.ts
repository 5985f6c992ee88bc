import type { Catalogue } from '../catalogue.ts';

export const applicationWatchText: Catalogue['applicationWatch'] = {
  title: 'Anwendungen',
  all: 'Alle Anwendungen',
  none: 'Über diesen Connector ist noch nichts veröffentlicht.',
  notKnown: 'Was über diesen Connector veröffentlicht ist, steht hier, sobald er verbunden ist.',
  publish: 'Eine Anwendung veröffentlichen',
  counts: (ok, failing, unknown) =>
    [failing === 0 ? null : `${failing} gestört`, `${ok} erreichbar`, unknown === 0 ? null : `${unknown} ohne Anfrage`]
      .filter((part) => part !== null)
      .join(', '),
  more: (count) => `und ${count} weitere`,
  stations: {
    user: 'Benutzer',
    service: 'Dienst',
    tunnel: 'Tunnel',
    connector: 'Connector',
    backend: 'Backend',
  },
  states: { ok: 'Erreichbar', failing: 'Gestört', unknown: 'Seit dem Start keine Anfrage' },
  hops: {
    client: 'Browser des Benutzers',
    service: 'Dienst',
    'sign-in': 'Anmeldung',
    policy: 'Regel des Dienstes',
    connector: 'Connector',
    tunnel: 'Tunnel',
    dns: 'Hostname',
    connect: 'Verbindung',
    tls: 'Zertifikat',
    backend: 'Anwendung',
  },
  failsAt: (hop) => `Scheitert: ${hop}`,
  since: (time) => `seit ${time}`,
  notConnected: 'Kein Tunnel zum Dienst',
  paused: 'Auf diesem Rechner angehalten',
  name: 'Name',
  state: 'Zustand',
  showTraffic: (name) => `Den Verkehr von ${name} zeigen`,
  stationStates: { reached: 'erreicht', failing: 'scheitert hier', unknown: 'noch nicht gezeigt' },
};
