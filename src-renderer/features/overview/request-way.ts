import type { ApplicationWatch } from '../../../src-shared/connector/application-watch.ts';
import type { Hop } from '../../../src-shared/errors/failing-hop.ts';
import type { Status } from '../../ui/status-mark.tsx';

/** Where a request passes, in this order. */
export const STATIONS = ['user', 'service', 'tunnel', 'connector', 'backend'] as const;
export type Station = (typeof STATIONS)[number];

/** `unknown`: no request has shown it, or what fails before it hides it. */
export type StationState = 'reached' | 'failing' | 'unknown';

const STATION_OF_HOP: Readonly<Record<Hop, Station>> = {
  client: 'user',
  service: 'service',
  'sign-in': 'service',
  policy: 'service',
  connector: 'connector',
  tunnel: 'tunnel',
  dns: 'backend',
  connect: 'backend',
  tls: 'backend',
  backend: 'backend',
};

/** How far requests for an application come. @param connector as the tray has it: only while it is connected anything arrives */
export function describeWay(
  { status, hop }: Pick<ApplicationWatch, 'status' | 'hop'>,
  connector: Status,
): Readonly<Record<Station, StationState>> {
  // Whether users reach the service can't be seen from a machine that does not.
  if (connector === 'offline') return way('unknown', 'tunnel');
  if (connector === 'paused') return way('unknown', 'connector');
  if (status === 'failing') return way('reached', hop === null ? 'backend' : STATION_OF_HOP[hop]);
  const last: StationState = status === 'ok' ? 'reached' : 'unknown';
  return { ...way('reached', null), backend: last };
}

function way(before: StationState, failing: Station | null): Record<Station, StationState> {
  const at = failing === null ? STATIONS.length : STATIONS.indexOf(failing);
  const states = STATIONS.map((station, index): [Station, StationState] => [
    station,
    index === at ? 'failing' : index < at ? before : 'unknown',
  ]);
  return Object.fromEntries(states) as Record<Station, StationState>;
}
