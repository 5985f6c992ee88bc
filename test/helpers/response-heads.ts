/** Set by the runner's project `integration-node-heads`: services of tests leave the heads of responses to node:http. */
let areHeadsOwn = true;

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
