import process from 'node:process';

/**
 * Services of tests leave the heads of responses to node:http in the runner's project `integration-node-http`, and everywhere by
 * the service's own variable.
 */
let areHeadsOwn = process.env['POSTERN_RESPONSE_HEADS'] !== 'node';

export function leaveHeadsToNode(): void {
  areHeadsOwn = false;
}

/** What a relay that a test makes is told. */
export function headsOfTest(): { readonly areHeadsOwn: boolean } {
  return { areHeadsOwn };
}

/** What the configuration of a service that a test starts says. */
export function responseHeadsOfTest(): 'own' | 'node' {
  return areHeadsOwn ? 'own' : 'node';
}
