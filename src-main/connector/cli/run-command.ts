import { hostname } from 'node:os';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import type { EngineState } from '../../../src-shared/connector/engine-state.ts';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { outliveFailures } from '../../../src-shared/logging/failing-sink.ts';
import { ConnectorEngine } from '../connector-engine.ts';
import type { ConnectorIdentity } from '../connector-identity.ts';
import { type ConnectorSettings, loadConnectorSettings, readExtraCertificates } from '../connector-settings.ts';
import { DEFAULT_DRAIN_MS } from '../engine-options.ts';
import { type EngineRuntime, makeSystemRuntime } from '../engine-runtime.ts';
import { IdentityFile } from '../identity-file.ts';
import { keepObjectsYoung } from '../keep-objects-young.ts';
import { describeOperatingSystem } from '../operating-system.ts';
import { settingsRoutes } from '../proxy/settings-routes.ts';
import { returnMemoryWhenQuiet } from '../return-memory.ts';
import type { WaysToService } from '../service-connector.ts';
import { enrolFromSettings } from './enrol-command.ts';
import { TrafficLines } from './traffic-lines.ts';
import { readVersion } from './version.ts';

/** Lines are written together: at 15 KiB, after 100 ms, and at the end. A SIGKILL loses the last 100 ms. */
const LOG_BATCH = {
  sync: false,
  minLength: 15_360,
  periodicFlush: 100,
  // What waits for a reader that has stopped; lines beyond it are given up.
  maxLength: 16_777_216,
} as const;

/** `postern-connector run`: the connector until a signal ends it, or until the service refuses it for good. */
export function runCommand(): Command {
  return new Command('run')
    .description('Run the connector. Enrols first where it is not yet, and a token is given.')
    .option('-c, --config <file>', 'settings, YAML')
    .option('--service <url>', 'address of the service')
    .option('--token <token>', 'one-time enrolment token (better: POSTERN_ENROLMENT_TOKEN, or a file)')
    .option('--token-file <file>', 'file with the enrolment token; - for standard input')
    .option('--name <name>', 'how the connector is called in lists')
    .option('--data <folder>', "folder of the connector's identity")
    .option('--ca <file>', 'PEM file of further authorities for the certificate of the service')
    .option('--tunnels <number>', 'how many tunnels to keep', Number)
    .option('--json', 'says why it ended as JSON; its log is JSON in any case')
    .addHelpText(
      'after',
      `
Runs until SIGTERM or SIGINT (0), or until the service refuses it for good (1).

Examples:
  postern-connector run --config connector.yaml
  POSTERN_ENROLMENT_TOKEN=… postern-connector run --service https://postern.example.com --data /var/lib/postern`,
    )
    .action(async (options: Readonly<Record<string, string | number | undefined>>) => {
      const file = options['config'];
      const settings = await loadConnectorSettings(typeof file === 'string' ? file : null, process.env, {
        serviceUrl: options['service'],
        enrolmentToken: options['token'],
        enrolmentTokenFile: options['tokenFile'],
        displayName: options['name'],
        dataFolder: options['data'],
        caFile: options['ca'],
        tunnels: options['tunnels'],
      });
      const extraCertificates = await readExtraCertificates(settings);
      const findRoutes = await settingsRoutes(settings, process.env);
      const runtime = makeSystemRuntime();
      const ways = { extraCertificates, findRoutes, findAddresses: runtime.findAddresses };
      const identity = await identityFor(settings, ways);
      await runUntilEnd(identity, settings, ways, runtime);
    });
}

/** Says, once the log's reader reads again, how many lines were given up. */
function tellOfDroppedLines(log: Logger, sink: ReturnType<typeof pino.destination>): void {
  let dropped = 0;
  sink.on('drop', (piece: string) => {
    dropped += piece.split('\n').length - 1;
  });
  sink.on('drain', () => {
    if (dropped === 0) return;
    const lines = dropped;
    dropped = 0;
    log.warn({ lines }, 'connector.logLinesDropped');
  });
}

/** The identity of the data folder, or a new one. @throws PosternError `CONFIG_INVALID` when it is of another service. */
async function identityFor(settings: ConnectorSettings, ways: WaysToService): Promise<ConnectorIdentity> {
  const storage = new IdentityFile(settings.dataFolder);
  const existing = await storage.load();
  if (existing === null) {
    const identity = await enrolFromSettings(settings, ways);
    await storage.save(identity);
    return identity;
  }
  if (settings.serviceUrl !== undefined && new URL(settings.serviceUrl).origin !== existing.serviceUrl) {
    throw new PosternError('CONFIG_INVALID', {
      message: `serviceUrl is ${settings.serviceUrl}, but this machine is enrolled with ${existing.serviceUrl}. Correct it, or enrol anew with "enrol --force".`,
    });
  }
  return existing;
}

async function runUntilEnd(
  identity: ConnectorIdentity,
  settings: ConnectorSettings,
  { extraCertificates, findRoutes }: WaysToService,
  runtime: EngineRuntime,
): Promise<void> {
  keepObjectsYoung();
  const storage = new IdentityFile(settings.dataFolder);
  const base = { pid: process.pid, hostname: hostname(), name: 'postern-connector' };
  const sink = pino.destination(LOG_BATCH);
  outliveFailures(sink, process);
  const log = pino({ base, level: settings.logLevel }, sink);
  tellOfDroppedLines(log, sink);
  const engine = new ConnectorEngine(
    {
      identity,
      tunnels: settings.tunnels,
      version: await readVersion(),
      machineName: hostname(),
      operatingSystem: describeOperatingSystem(),
      extraCertificates,
      allowList: settings.allowList,
      isProxyForBackends: settings.proxyForBackends,
      backendHttp1Client: settings.backendHttp1Client,
    },
    { runtime, log, findRoutes, saveIdentity: async (renewed) => storage.save(renewed) },
  );
  const { promise: ended, resolve: end } = Promise.withResolvers<EngineState['problem']>();
  let isReady = false;
  engine.onState((state) => {
    if (!isReady && state.health !== 'offline' && state.configurationVersion !== null) {
      isReady = true;
      const { connectorId, connectorName, serviceUrl, applications } = state;
      log.info({ connectorId, connectorName, serviceUrl, applications: applications.length }, 'connector.ready');
    }
    if (state.tunnels.every((tunnel) => tunnel.phase === 'refused')) end(state.problem);
  });
  if (log.isLevelEnabled('warn')) {
    const lines = new TrafficLines(log, sink, base);
    engine.onTraffic((batch) => lines.write(batch, Date.now()));
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    log.info({ signal }, 'connector.stopping');
    end(null);
  };
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  const stopReturningMemory = returnMemoryWhenQuiet(log);
  engine.start();
  const problem = await ended;
  await engine.stop({ drainMs: problem === null ? DEFAULT_DRAIN_MS : 0 });
  stopReturningMemory();
  process.off('SIGTERM', onSignal);
  process.off('SIGINT', onSignal);
  log.info('connector.stopped');
  if (problem !== null) throw new PosternError(problem.code, { message: problem.message });
}
