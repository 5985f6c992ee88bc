import { Command, Option } from 'commander';
import { loadServiceConfiguration, type ServiceConfiguration } from '../config/service-configuration.ts';
import { findSealingKeys } from '../store/find-sealing-keys.ts';
import { storeLocation } from '../store/store-location.ts';
import { openStoreBeside } from '../store/store.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { readMetrics } from './read-metrics.ts';
import { type StatusFacts, type StoredFacts, describeStatus, judgeStatus } from './service-status.ts';

interface StatusOptions {
  readonly config?: string;
  readonly operations?: string;
  readonly warningDays: number;
  readonly json?: true;
}

const ANSWER_MS = 5000;

/** `postern-service status`: asks the running service at its operations listener, and the store. */
export function statusCommand(): Command {
  return new Command('status')
    .description('Says how the running service stands, with an exit code for monitoring.')
    .option('--operations <url>', 'its operations listener; that of the configuration where absent')
    .addOption(new Option('--warning-days <days>', 'before a certificate expires').argParser(Number).default(14))
    .option('--json', 'says it as JSON')
    .addHelpText(
      'after',
      `
Exit code, as monitoring has it: 0 ok, 1 warning (a connector offline, a certificate about to expire), 2 critical (no
answer, store down, a group with applications and no connector, a certificate expired), 3 the question could not be asked.

Examples:
  postern-service --config service.yaml status
  postern-service --config service.yaml status --json | jq .connectorGroups`,
    )
    .action(async (_: unknown, command: Command) => {
      const { config, operations, warningDays, json } = command.optsWithGlobals<StatusOptions>();
      // Until an answer is judged, there is none.
      process.exitCode = EXIT_CODES.statusUnknown;
      const configuration = loadServiceConfiguration(config ?? null, process.env);
      const status = judgeStatus({
        service: await askService(operations ?? operationsUrl(configuration)),
        ...(await readStore(configuration)),
        nowMs: Date.now(),
        warningDays,
      });
      process.stdout.write(`${json === true ? JSON.stringify(status) : describeStatus(status)}\n`);
      process.exitCode = { ok: 0, warning: EXIT_CODES.statusWarning, critical: EXIT_CODES.statusCritical }[
        status.state
      ];
    });
}

/** Where this machine reaches the listener: one that listens everywhere is here, too. */
function operationsUrl({ operations: { host, port } }: ServiceConfiguration): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${own.includes(':') ? `[${own}]` : own}:${port}`;
}

async function askService(url: string): Promise<StatusFacts['service']> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const [ready, metrics] = await Promise.all([
      fetch(new URL('/readyz', url), { signal }),
      fetch(new URL('/metrics', url), { signal }),
    ]);
    const readiness = (await ready.text()).trim();
    return { isReady: ready.ok, readiness, metrics: metrics.ok ? readMetrics(await metrics.text()) : [] };
  } catch {
    return null;
  }
}

async function readStore(configuration: ServiceConfiguration): Promise<Pick<StatusFacts, 'store' | 'storeProblem'>> {
  try {
    const sealingKey = findSealingKeys(configuration, process.env);
    const store = await openStoreBeside({ location: storeLocation(configuration), sealingKey, clock: Date.now });
    try {
      const [groups, applications, connectors] = [
        await store.connectorGroups.list(),
        await store.applications.list(),
        await store.connectors.list(),
      ];
      const count = (id: string): number =>
        applications.filter(({ connectorGroupId }) => connectorGroupId === id).length;
      const stored: StoredFacts = {
        groups: groups.map(({ id, name }) => ({ id, name, applications: count(id) })),
        connectors,
        sessions: await store.sessions.count(Date.now()),
      };
      return { store: stored, storeProblem: null };
    } finally {
      await store.close();
    }
  } catch (error) {
    return { store: null, storeProblem: error instanceof Error ? error.message : String(error) };
  }
}
