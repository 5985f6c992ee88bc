import type { ServedCertificate } from '../certificates/served-certificate.ts';
import type { Relay } from '../relay/relay.ts';
import type { ConnectorPresence } from '../relay/relay-types.ts';
import type { StoreHealth } from '../store/database/store-health.ts';
import type { Traffic } from '../traffic/traffic.ts';

/** What the metrics are read from. */
export interface MetricSources {
  readonly serviceVersion: string;
  readonly liveConnectors: () => readonly ConnectorPresence[];
  /** When the certificate of a connector ends, ms since the epoch. */
  readonly connectorCertificateExpiry: (connectorId: string) => number | null;
  readonly relay: Pick<Relay, 'counts' | 'picks'>;
  readonly storeHealth: Pick<StoreHealth, 'state' | 'failures' | 'queryTimes'>;
  readonly traffic: Pick<Traffic, 'counts' | 'feed' | 'leftOut'>;
  /** How many are published. */
  readonly applications: () => number;
  /** Sessions in memory. */
  readonly sessions: () => number;
  /** Sign-ins that succeeded. */
  readonly signIns: () => number;
  /** How many applications get series of their own. */
  readonly applicationLabels: number;
  /** Those that clients are served with. */
  readonly certificates: () => readonly Pick<ServedCertificate, 'id' | 'source' | 'names' | 'expiresAtMs'>[];
}
