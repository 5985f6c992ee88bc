import { Command, InvalidArgumentError, Option } from 'commander';
import { loadServiceConfiguration } from '../config/service-configuration.ts';
import { type AuditHead, readAudit } from '../store/audit-chain.ts';
import type { Database } from '../store/database/database.ts';
import { openDatabaseBeside } from '../store/database/open-database.ts';
import { storeLocation } from '../store/store-location.ts';
import { type AuditVerdict, type ExpectedHead, verifyAudit } from '../store/verify-audit.ts';
import { EXIT_CODES } from './exit-codes.ts';

interface VerifyOptions {
  readonly config?: string;
  readonly expect?: ExpectedHead;
  readonly json?: true;
}

/** `postern-service audit …`. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('The audit: who changed what, each record bound to the one before.')
    .addHelpText(
      'after',
      `
Example:
  postern-service --config service.yaml audit verify`,
    )
    .addCommand(verifyCommand());
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('Says whether the audit is what was written, and names the first record that is not.')
    .addOption(
      new Option('--expect <head>', 'HASH:SEQUENCE, or HASH: what an earlier run has printed').argParser(readHead),
    )
    .option('--json', 'says it as JSON')
    .addHelpText(
      'after',
      `
Keep the head that it prints where those who can change the store can't: without --expect nothing tells that the end was cut
off, or that the whole was written anew. Exit code: 0 sound, 1 it could not be read, 2 it is not what was written.

Examples:
  postern-service --config service.yaml audit verify
  postern-service --config service.yaml audit verify --expect "$(cat /safe/audit-head)"
  postern-service --config service.yaml audit verify --json | jq -r .head > /safe/audit-head`,
    )
    .action(async (_: unknown, command: Command) => {
      const { config, expect, json } = command.optsWithGlobals<VerifyOptions>();
      const verdict = await withDatabase(config, ({ db }) => verifyAudit(readAudit(db), expect ?? null));
      process.stdout.write(`${json === true ? asJson(verdict) : inWords(verdict, expect !== undefined)}\n`);
      if (verdict.fault !== null) process.exitCode = EXIT_CODES.auditBroken;
    });
}

async function withDatabase<Result>(
  config: string | undefined,
  run: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabaseBeside(storeLocation(loadServiceConfiguration(config ?? null, process.env)));
  try {
    return await run(database);
  } finally {
    await database.close();
  }
}

function readHead(text: string): ExpectedHead {
  const [, hash, sequence] = /^([0-9a-f]{64})(?::(\d{1,15}))?$/.exec(text.trim().toLowerCase()) ?? [];
  if (hash === undefined) throw new InvalidArgumentError('It is 64 hexadecimal digits, and ":" with a number behind.');
  return { hash, sequence: sequence === undefined ? null : Number(sequence) };
}

function headText({ hash, sequence }: AuditHead): string {
  return `${hash}:${sequence}`;
}

function asJson({ records, head, fault }: AuditVerdict): string {
  return JSON.stringify({ isSound: fault === null, records, head: headText(head), fault });
}

function inWords({ records, head, fault }: AuditVerdict, isExpecting: boolean): string {
  if (fault !== null) {
    return `${fault.message}\nSound up to there: ${records} records, ${headText(head)}`;
  }
  const kept = isExpecting ? ', and the one expected is among them' : '';
  return `${records} records, each as it was written${kept}. Head: ${headText(head)}`;
}
