/** The test of one application, from the service to its backend. */
export const applicationTestText = {
  title: (name: string) => `Test of ${name}`,
  failedTitle: 'The test could not be made',
  running: 'Testing…',
  again: 'Test again',
  close: 'Close',
  stations: 'Stations of a request',
  activityId: (id: string) => `Activity id ${id}`,
  copyActivityId: 'Copy the activity id',
  atHop: (hop: string) => `It failed at: ${hop}.`,
  station: {
    service: 'At the service',
    address: 'External address',
    tunnel: 'Through the tunnel',
    backend: 'From this machine',
    request: 'The whole way',
  },
  finding: {
    known: (_detail: string) => 'The service knows it.',
    asksForSignIn: (_detail: string) => 'It asks for a sign-in, as it should.',
    answered: (detail: string) => `It answers: ${detail}`,
    inMaintenance: (_detail: string) => 'It is in maintenance; nothing is let through.',
    failed: (detail: string) => detail,
    isWildcard: (_detail: string) => 'Not tested: a wildcard stands for many addresses.',
    probeAnswered: (connector: string) => `The service’s probes come back from ${connector}.`,
    noConnector: (_detail: string) => 'No connector of its group is connected.',
    noProbeAnswered: (_detail: string) => 'The connectors are there, and answer no probe of the service yet.',
    isElsewhere: (_detail: string) => 'Not tested: other connectors than this machine serve it.',
    needsSignIn: (_detail: string) =>
      'Not tested: only somebody who signs in gets so far. Open it in the browser for that.',
  },
};
