import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import { PosternError } from '../src-shared/errors/postern-error.ts';
import { backupCommand } from './cli/backup-command.ts';
import { configCommand } from './cli/config-command.ts';
import { keysCommand } from './cli/keys-command.ts';
import { loadServiceConfiguration } from './config/service-configuration.ts';
import { type RunningService, startService } from './service.ts';
import { batchLines, makeInfoLines, serviceLogOptions } from './service-log.ts';
import { readServiceVersion } from './service-version.ts';

try {
  await makeCommand().parseAsync();
} catch (error) {
  fail(error);
}

function makeCommand(): Command {
  return new Command('postern-service')
    .description('The Application Proxy service: users and connectors arrive here.')
    .version(readServiceVersion())
    .option('--config <file>', 'configuration in YAML; every key may also be set as POSTERN_… in the environment')
    .action(({ config }: { config?: string }) => run(config ?? null))
    .addCommand(backupCommand())
    .addCommand(keysCommand())
    .addCommand(configCommand());
}

async function run(file: string | null): Promise<void> {
  const configuration = loadServiceConfiguration(file, process.env);
  const { logLevel } = configuration;
  const lines = batchLines();
  const log = pino(serviceLogOptions(logLevel), lines);
  obeySignals(await startService(configuration, { log, infoLines: makeInfoLines(logLevel, lines) }), log);
}

/** SIGINT and SIGTERM stop gracefully, a second one at once; SIGHUP has the certificate files read again. */
function obeySignals(service: RunningService, log: Logger): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'service.signal');
    service.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGHUP', () => service.reloadCertificates());
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What an operator can mend is said in words; anything else is a bug and shows its stack. */
function fail(error: unknown): never {
  const text = error instanceof PosternError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`postern-service: ${text}\n`);
  process.exit(process.exitCode ?? 1);
}
