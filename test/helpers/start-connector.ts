import { ConnectorEngine } from '../../src-main/connector/connector-engine.ts';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import type { EngineLog } from '../../src-main/connector/engine-runtime.ts';
import { directRoutes, type FindRoutes } from '../../src-main/connector/proxy/proxy-route.ts';
import { enrol, type EnrolmentAuthorization } from '../../src-main/connector/enrolment.ts';
import type { AllowRule } from '../../src-shared/connector/allow-list.ts';
import type { EngineState } from '../../src-shared/connector/engine-state.ts';
import { http1Ways } from './http1-ways.ts';
import { KeepingRecorder, keepTraffic } from './keeping-recorder.ts';
import { makeTestLog, rememberKey } from './test-log.ts';
import { findAddresses, systemRuntime } from './this-machine.ts';

/** The connectors' log of the test run, for tests that look elsewhere. */
export const silentLog: EngineLog = makeTestLog();

export interface StartConnectorOptions {
  /** Address of the service. */
  readonly serviceUrl: string;
  readonly authorization: EnrolmentAuthorization;
  readonly displayName?: string;
  readonly connectorGroupId?: string;
  readonly tunnels?: number;
  readonly extraCertificates?: readonly string[];
  readonly allowList?: readonly AllowRule[];
  readonly isProxyForBackends?: boolean;
  readonly findRoutes?: FindRoutes;
  readonly saveIdentity?: (identity: ConnectorIdentity) => Promise<void>;
}

/** A running connector. */
export interface RunningConnector {
  readonly engine: ConnectorEngine;
  readonly identity: ConnectorIdentity;
  close(): Promise<void>;
}

/** Enrols a connector, and starts nothing. */
export async function enrolConnector(options: StartConnectorOptions): Promise<ConnectorIdentity> {
  const identity = await enrol({
    serviceUrl: options.serviceUrl,
    authorization: options.authorization,
    displayName: options.displayName ?? 'Test connector',
    machineName: 'test-machine',
    version: '0.0.0',
    connectorGroupId: options.connectorGroupId,
    ways: {
      extraCertificates: options.extraCertificates ?? [],
      findRoutes: options.findRoutes ?? directRoutes,
      findAddresses,
    },
  });
  rememberKey(identity.privateKey);
  return identity;
}

/** Enrols a connector and starts its engine in this process; resolves when all tunnels are up and it is configured. */
export async function startConnector(options: StartConnectorOptions): Promise<RunningConnector> {
  const identity = await enrolConnector(options);
  const engine = startEngine(identity, options);
  await untilState(engine, (state) => state.health === 'ok' && state.configurationVersion !== null);
  return { engine, identity, close: async () => engine.stop({ drainMs: 0 }) };
}

/** Starts an engine with an identity that is there, and does not wait. */
export function startEngine(
  identity: ConnectorIdentity,
  options: Pick<
    Partial<StartConnectorOptions>,
    'tunnels' | 'extraCertificates' | 'allowList' | 'isProxyForBackends' | 'findRoutes' | 'saveIdentity'
  > = {},
): ConnectorEngine {
  const recorder = new KeepingRecorder();
  const engine = new ConnectorEngine(
    {
      identity,
      tunnels: options.tunnels ?? 2,
      version: '0.0.0',
      machineName: 'test-machine',
      operatingSystem: 'Test OS 1, x64',
      extraCertificates: options.extraCertificates ?? [],
      allowList: options.allowList ?? [],
      isProxyForBackends: options.isProxyForBackends ?? false,
      backendHttp1Client: http1Ways.client,
    },
    {
      runtime: systemRuntime,
      log: silentLog,
      findRoutes: options.findRoutes,
      saveIdentity: options.saveIdentity,
      recorder,
    },
  );
  keepTraffic(engine, recorder);
  engine.start();
  return engine;
}

/** Resolves with the first state, from the present one on, that fits. */
export async function untilState(
  engine: Pick<ConnectorEngine, 'onState'> & { readonly state: EngineState | null },
  fits: (state: EngineState) => boolean,
): Promise<EngineState> {
  if (engine.state !== null && fits(engine.state)) return engine.state;
  const { promise, resolve } = Promise.withResolvers<EngineState>();
  const stop = engine.onState((state) => {
    if (fits(state)) resolve(state);
  });
  try {
    return await promise;
  } finally {
    stop();
  }
}
