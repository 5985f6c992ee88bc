import process from 'node:process';

/**
 * Services of tests leave all requests over HTTP/1.1 to node:http in the runner's project `integration-node-http`, and everywhere by
 * the service's own variable.
 */
let areRequestsOwn = process.env['POSTERN_USER_REQUESTS'] !== 'node';

export function leaveRequestsToNode(): void {
  areRequestsOwn = false;
}

/** What the configuration of a service that a test starts says. */
export function userRequestsOfTest(): 'own' | 'node' {
  return areRequestsOwn ? 'own' : 'node';
}
