import type { BackendPoolLimits } from '../../src-main/connector/backend-pools.ts';

/** With what tests speak HTTP/1.1 to backends; suites that must hold for every way are run once for each. */
export const http1Ways: { client: BackendPoolLimits['http1Client'] } = { client: 'plain' };
