import { type Logger, pino } from 'pino';
import { THREAD_POOL_SIZE } from '../src-shared/addresses/name-lookups.ts';
import { PosternError, asPosternError } from '../src-shared/errors/postern-error.ts';
import { makeServiceCommand } from './cli/service-command.ts';
import { loadServiceConfiguration } from './config/service-configuration.ts';
import { keepObjectsYoung } from './keep-objects-young.ts';
import { returnMemoryWhenQuiet } from './return-memory.ts';
import { type RunningService, startService } from './service.ts';
import { batchLines, type LineBatch, makeInfoLines, serviceLogOptions } from './service-log.ts';
import { ConfigurationFileError } from './transfer/read-configuration-file.ts';

process.env['UV_THREADPOOL_SIZE'] ??= String(THREAD_POOL_SIZE);
// Whoever reads what a command prints may have enough of it (`| head`).
process.stdout.on('error', () => process.exit(process.exitCode ?? 0));

try {
  await makeServiceCommand(run).parseAsync();
} catch (error) {
  fail(error);
}

async function run(file: string | null): Promise<void> {
  keepObjectsYoung();
  const configuration = loadServiceConfiguration(file, process.env);
  const { logLevel } = configuration;
  const lines = batchLines();
  const log = pino(serviceLogOptions(logLevel), lines);
  returnMemoryWhenQuiet(log);
  obeySignals(await startService(configuration, { log, infoLines: makeInfoLines(logLevel, lines) }), log, lines);
}

/** SIGINT and SIGTERM stop gracefully, a second one at once; SIGHUP has the certificate files read again. */
function obeySignals(service: RunningService, log: Logger, lines: LineBatch): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info({ signal }, 'service.signal');
    service
      .close()
      .then(() => lines.end())
      .then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
  };
  process.on('SIGHUP', () => service.reloadCertificates());
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What an operator can mend is said in words, or as JSON where that was asked for; anything else is a bug and shows its stack. */
function fail(error: unknown): never {
  const text = error instanceof PosternError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(process.argv.includes('--json') ? `${errorAsJson(error)}\n` : `postern-service: ${text}\n`);
  process.exit(process.exitCode ?? 1);
}

function errorAsJson(error: unknown): string {
  const { code, message } = asPosternError(error, 'EDGE_INTERNAL');
  const problems = error instanceof ConfigurationFileError ? error.problems : undefined;
  return JSON.stringify({ error: { code, message, problems } });
}
