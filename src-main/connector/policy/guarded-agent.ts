import { Agent, type buildConnector } from 'undici';
import { BackendDialer } from '../backend-dialer.ts';
import type { BackendGuard } from './backend-guard.ts';

/** An agent of undici for single requests to backends, which goes nowhere that the guard does not permit (B70). */
export function guardedAgent(guard: BackendGuard, options: buildConnector.BuildOptions): Agent {
  const dialer = new BackendDialer(guard, null);
  return new Agent({
    connect: (wanted, callback) => {
      const { hostname, port, protocol } = wanted;
      const place = {
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port: Number(port || (protocol === 'https:' ? 443 : 80)),
      };
      dialer.connectorFor(place, options)(wanted, callback);
    },
  });
}
