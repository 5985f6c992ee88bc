import { ENROLMENT_PATH } from '../../src-shared/connector/enrolment.ts';
import { TUNNEL_PATH } from '../../src-shared/wire/frame.ts';

export const ADMIN_API_PATH = '/graph/beta';

/** The addresses of a service, all derived from its public URL and that of its listener for tunnels. */
export interface ServiceAddresses {
  /** Scheme, host and port, with no slash at the end: `https://postern.example.com`. */
  readonly origin: string;
  readonly hostname: string;
  readonly scheme: 'http' | 'https';
  /** The port that users see, default ones included. */
  readonly port: number;
  readonly apiBaseUrl: string;
  readonly enrolmentUrl: string;
  readonly tunnelUrl: string;
  /** The name over which a connector signs its proof. */
  readonly tunnelAudience: string;
}

/** @param tunnelPublicUrl address of the listener that takes tunnels alone; the service's own where there is none */
export function serviceAddresses(publicUrl: string, tunnelPublicUrl = publicUrl): ServiceAddresses {
  const url = new URL(publicUrl);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  return {
    origin: url.origin,
    hostname: url.hostname,
    scheme,
    port: url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
    apiBaseUrl: url.origin + ADMIN_API_PATH,
    enrolmentUrl: url.origin + ENROLMENT_PATH,
    tunnelUrl: new URL(tunnelPublicUrl).origin.replace(/^http/, 'ws') + TUNNEL_PATH,
    tunnelAudience: url.origin,
  };
}
