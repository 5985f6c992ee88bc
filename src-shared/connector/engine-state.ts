import type { Reason } from '../errors/reasons.ts';
import type { ErrorCode } from '../errors/registry.ts';

/**
 * The state that the engine shows. The desktop app, the headless command and the tests look at this very object; it is
 * plain data, so that it crosses threads and processes as it is.
 */

/** A trouble in words for the administrator, with the way out. */
export interface ConnectorProblem {
  readonly code: ErrorCode;
  readonly message: string;
  /** What the message says, where that can be said in another language. */
  readonly reason?: Reason;
  /** What to do next, one sentence. */
  readonly remedy: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export type TunnelPhase =
  | 'idle'
  | 'dialling'
  | 'authenticating'
  | 'connected'
  | 'waiting'
  | 'draining'
  /** The service said no for good (revoked, expired, superseded): dialling again would not help. */
  | 'refused';

/** One of the connector's tunnels. */
export interface TunnelState {
  readonly index: number;
  readonly phase: TunnelPhase;
  /** When the current phase began, ms since the epoch. */
  readonly sinceMs: number;
  /** While `waiting`: when the next attempt is made, ms since the epoch. */
  readonly nextAttemptAtMs: number | null;
  /** Failed attempts since the tunnel last stayed up. */
  readonly failures: number;
  /** Last measured round trip of a PING, ms. */
  readonly roundTripMs: number | null;
  /** When the connector last answered a canary of the service here, ms since the epoch; null before the first. */
  readonly canaryAtMs: number | null;
  readonly openStreams: number;
  readonly problem: ConnectorProblem | null;
}

/** The whole in one word, for the tray: every tunnel up, some up, none up, stopped on purpose. */
export type EngineHealth = 'ok' | 'degraded' | 'offline' | 'stopped';

export interface EngineApplication {
  readonly id: string;
  readonly displayName: string;
  readonly externalUrl: string;
  readonly internalUrl: string;
}

export interface ApplicationRejection {
  /** Of several pairs of addresses of an application that of the pair. */
  readonly id: string;
  readonly displayName: string;
  /** In words for the administrator. */
  readonly reason: string;
  /** What these words say, where that can be said in another language. */
  readonly told?: Reason;
  /** `change`: it can't be taken as it is now. `allowList`: it is in force, but this machine may not contact its backend. */
  readonly cause: 'change' | 'allowList';
}

export interface EngineState {
  readonly health: EngineHealth;
  readonly serviceUrl: string;
  readonly connectorId: string;
  readonly connectorName: string;
  readonly connectorGroupName: string | null;
  readonly certificateExpiryMs: number;
  readonly tunnels: readonly TunnelState[];
  /** Version of the configuration in force; null before the first arrived. */
  readonly configurationVersion: number | null;
  /** Whether an administrator lets this connector run empty: the service hands it no new requests. */
  readonly isDraining: boolean;
  readonly applications: readonly EngineApplication[];
  /**
   * Those that this connector can't take as the service has them now (what it had of them before stays in force), or may never
   * reach by its allow-list.
   */
  readonly rejectedApplications: readonly ApplicationRejection[];
  /** The worst current trouble, or null. */
  readonly problem: ConnectorProblem | null;
}
