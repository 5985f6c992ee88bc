import type { AllowRule } from '../../src-shared/connector/allow-list.ts';
import type { CapturedBodies, CaptureOrder } from '../../src-shared/connector/body-capture.ts';
import type { EngineState } from '../../src-shared/connector/engine-state.ts';
import type { TrafficHeads } from '../../src-shared/connector/traffic-heads.ts';
import type { PackedTraffic } from '../../src-shared/connector/packed-traffic.ts';
import type { Reason } from '../../src-shared/errors/reasons.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import type { ConnectorIdentity } from './connector-identity.ts';
import type { ConnectorEngineOptions } from './engine-options.ts';
import type { ProxyRoute } from './proxy/proxy-route.ts';

/** What the worker is started with. */
export interface EngineWorkerData {
  readonly options: ConnectorEngineOptions;
}

/** From the host to the worker. */
export type EngineCommand =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop'; readonly drainMs: number }
  | { readonly kind: 'allowList'; readonly rules: readonly AllowRule[] }
  | { readonly kind: 'retryNow' }
  /** Null ends a capture. */
  | { readonly kind: 'capture'; readonly order: CaptureOrder | null }
  /** The answer to `routesWanted`. */
  | { readonly kind: 'routes'; readonly id: number; readonly routes: readonly ProxyRoute[] }
  /** The answer to `renewed`: null where it is kept, else why not. */
  | { readonly kind: 'identityKept'; readonly problem: string | null }
  | {
      readonly kind: 'noRoutes';
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly reason: Reason | undefined;
    };

/** From the worker to the host. `stopped` is the last one: the worker ends by itself after it. */
export type EngineEvent =
  | { readonly kind: 'state'; readonly state: EngineState }
  | { readonly kind: 'traffic'; readonly batch: PackedTraffic }
  | { readonly kind: 'captured'; readonly bodies: CapturedBodies }
  | { readonly kind: 'heads'; readonly batch: readonly TrafficHeads[] }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: object;
      readonly event: string;
    }
  /** By which ways is an address reached? */
  | { readonly kind: 'routesWanted'; readonly id: number; readonly url: string }
  /** The certificate was renewed: is to be kept before it is used. */
  | { readonly kind: 'renewed'; readonly identity: ConnectorIdentity }
  | { readonly kind: 'stopped' };
