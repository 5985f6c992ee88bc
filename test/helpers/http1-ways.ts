import process from 'node:process';
import type { BackendPoolLimits } from '../../src-main/connector/backend-pools.ts';

/**
 * With what tests speak HTTP/1.1 to backends. Suites that must hold for every way are run once for each; all others by the
 * connector's own variable.
 */
export const http1Ways: { client: BackendPoolLimits['http1Client'] } = {
  client: process.env['POSTERN_BACKEND_HTTP1_CLIENT'] === 'undici' ? 'undici' : 'plain',
};
