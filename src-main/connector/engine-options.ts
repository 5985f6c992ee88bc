import type { AllowRule } from '../../src-shared/connector/allow-list.ts';
import type { BackendPoolLimits } from './backend-pools.ts';
import type { ConnectorIdentity } from './connector-identity.ts';

export const DEFAULT_TUNNELS = 2;
export const MAX_TUNNELS = 8;
export const DEFAULT_DRAIN_MS = 30_000;

/** What an engine is made of: plain data, so that it can cross into a worker thread. */
export interface ConnectorEngineOptions {
  readonly identity: ConnectorIdentity;
  /** How many tunnels to keep, 1 to 8. */
  readonly tunnels: number;
  readonly version: string;
  readonly machineName: string;
  /** For people; absent where nobody said. */
  readonly operatingSystem?: string;
  /** Authorities that the service's certificate may come from, beside those of this machine; PEM. */
  readonly extraCertificates: readonly string[];
  /** What may be contacted, whatever the service asks; everything but protected addresses where there is no rule. */
  readonly allowList?: readonly AllowRule[];
  /** Whether backends, too, are reached by the outbound proxy. */
  readonly isProxyForBackends?: boolean;
  /** What speaks HTTP/1.1 to backends; our own client where nothing is said. */
  readonly backendHttp1Client?: BackendPoolLimits['http1Client'];
}
