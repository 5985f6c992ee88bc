import type { ApplicationWatch } from '../../connector/application-watch.ts';
import type { Hop } from '../../errors/failing-hop.ts';

const stations = {
  user: 'User',
  service: 'Service',
  tunnel: 'Tunnel',
  connector: 'Connector',
  backend: 'Backend',
};

const states: Readonly<Record<ApplicationWatch['status'], string>> = {
  ok: 'Reachable',
  failing: 'Failing',
  unknown: 'No request since the start',
};

const hops: Readonly<Record<Hop, string>> = {
  client: 'the user’s browser',
  service: 'the service',
  'sign-in': 'sign-in',
  policy: 'a rule of the service',
  connector: 'the connector',
  tunnel: 'the tunnel',
  dns: 'the host name',
  connect: 'the connection',
  tls: 'the certificate',
  backend: 'the application',
};

/** How each application does, and at which station of its way it does not. */
export const applicationWatchText = {
  title: 'Applications',
  all: 'All applications',
  none: 'Nothing is published through this connector yet.',
  notKnown: 'What is published through this connector shows here once it is connected.',
  publish: 'Publish an application',
  counts: (ok: number, failing: number, unknown: number) =>
    [
      failing === 0 ? null : `${failing} failing`,
      `${ok} reachable`,
      unknown === 0 ? null : `${unknown} without a request`,
    ]
      .filter((part) => part !== null)
      .join(', '),
  more: (count: string) => `and ${count} more`,
  stations,
  states,
  hops,
  failsAt: (hop: string) => `Fails at ${hop}`,
  since: (time: string) => `since ${time}`,
  notConnected: 'No tunnel to the service',
  paused: 'Paused on this machine',
  name: 'Name',
  state: 'State',
  showTraffic: (name: string) => `Show the traffic of ${name}`,
  stationStates: { reached: 'reached', failing: 'fails here', unknown: 'not shown yet' },
};
