import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { extname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command, Option } from 'commander';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { publishingRulesOf } from '../api/publishing-rules.ts';
import { listIdentityProviders } from '../config/identity-provider-configuration.ts';
import { serviceAddresses } from '../config/service-addresses.ts';
import { type ServiceConfiguration, loadServiceConfiguration } from '../config/service-configuration.ts';
import { findSealingKeys } from '../store/find-sealing-keys.ts';
import { storeLocation } from '../store/store-location.ts';
import { type Store, openStoreBeside } from '../store/store.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';
import { StateChangedError, applyPlan } from '../transfer/apply-plan.ts';
import type { ConfigurationPlan } from '../transfer/configuration-plan.ts';
import { describePlan, planAsJson } from '../transfer/describe-plan.ts';
import {
  CONFIGURATION_FORMATS,
  type ConfigurationFormat,
  toConfigurationFile,
  writeConfigurationFile,
} from '../transfer/export-configuration.ts';
import { planConfiguration } from '../transfer/plan-configuration.ts';
import { ConfigurationFileError, loadConfigurationFile } from '../transfer/read-configuration-file.ts';
import { readTenantState, stateTag } from '../transfer/tenant-state.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { importEntraCommand } from './import-entra-command.ts';
import { schemaCommand } from './schema-command.ts';

interface CommonOptions {
  readonly config?: string;
  readonly json?: true;
}

interface ExportOptions extends CommonOptions {
  readonly format?: ConfigurationFormat;
  readonly all?: true;
  readonly force?: true;
}

interface PlanOptions extends CommonOptions {
  readonly prune?: true;
}

interface ApplyOptions extends PlanOptions {
  readonly yes?: true;
  readonly expect?: string;
}

interface Opened {
  readonly configuration: ServiceConfiguration;
  readonly store: Store;
}

/** `postern-service config …`. */
export function configCommand(): Command {
  return new Command('config')
    .description('The configuration of the tenant as one file: applications, groups, assignments, certificates.')
    .addHelpText(
      'after',
      `
Examples:
  postern-service --config service.yaml config export tenant.yaml
  postern-service --config service.yaml config plan tenant.yaml
  postern-service --config service.yaml config apply tenant.yaml --yes`,
    )
    .addCommand(exportCommand())
    .addCommand(planCommand())
    .addCommand(applyCommand())
    .addCommand(importEntraCommand())
    .addCommand(schemaCommand());
}

function exportCommand(): Command {
  return new Command('export')
    .description('Writes what is configured in the store, in an order that can be compared.')
    .argument('[file]', 'the file to write; standard output where absent')
    .addOption(
      new Option('--format <format>', 'by the ending of the file where absent, else yaml').choices(
        CONFIGURATION_FORMATS,
      ),
    )
    .option('--all', 'writes fields that have their default, too')
    .option('--force', 'writes over a file that is there')
    .option('--json', 'the same as --format json; with a file, says what was written as JSON')
    .addHelpText(
      'after',
      `
Connectors, enrolment tokens, sessions, the audit and certificates of an ACME authority are not configuration, and not
in it. Private keys are never written: the file names where they would be looked for.

Examples:
  postern-service --config service.yaml config export > tenant.yaml
  postern-service --config service.yaml config export --format json | jq '.applications[].displayName'`,
    )
    .action(async (file: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ExportOptions>();
      if (file !== undefined && existsSync(file) && options.force !== true) {
        throw new PosternError('CONFIG_INVALID', {
          message: `${file} is there already. Add --force to write over it.`,
        });
      }
      await withStore(options, async ({ configuration, store }) => {
        const state = await readTenantState(store);
        const defaultProviderId = listIdentityProviders(configuration)[0]?.id ?? '';
        const content = toConfigurationFile(state, { defaultProviderId, isComplete: options.all === true });
        const text = writeConfigurationFile(content, options.format ?? formatOf(file, options));
        if (file === undefined) {
          process.stdout.write(text);
          return;
        }
        writeFileSync(file, text);
        const { applications, assignments, connectorGroups, certificates } = state;
        const counts = {
          applications: applications.length,
          assignments: assignments.length,
          connectorGroups: connectorGroups.length,
          certificates: certificates.length,
        };
        const words = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
        print(options, { file, state: stateTag(state), ...counts }, `${file}: ${words.join(', ')}.`);
      });
    });
}

function planCommand(): Command {
  return new Command('plan')
    .description('Says what a file would change, field by field, and changes nothing.')
    .argument('<file>', 'the configuration, YAML or JSON; - for standard input')
    .option('--prune', 'counts what the file does not name as to be deleted')
    .option('--json', 'says it as JSON')
    .addHelpText(
      'after',
      `
Exit code: 0 nothing would change, 2 something would, 1 the file can't be applied; then every problem is named with its
line. "state" of --json names what the plan was made from: give it to apply --expect, so that nothing else is applied.

Examples:
  postern-service --config service.yaml config plan tenant.yaml
  postern-service --config service.yaml config plan tenant.yaml --prune --json`,
    )
    .action(async (file: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<PlanOptions>();
      await withStore(options, async (opened) => {
        const { plan, tag } = await makePlan(file, options, opened);
        print(options, planAsJson(plan, tag), describePlan(plan));
        if (plan.changes.length > 0) process.exitCode = EXIT_CODES.changes;
      });
    });
}

function applyCommand(): Command {
  return new Command('apply')
    .description('Makes the changes of a plan, all or none, with the service running or not.')
    .argument('<file>', 'the configuration, YAML or JSON; - for standard input')
    .option('--prune', 'deletes what the file does not name, in the sections that it has')
    .option('--expect <state>', 'applies only to this state, as plan --json named it')
    .option('-y, --yes', 'does not ask')
    .option('--json', 'says what was done as JSON')
    .addHelpText(
      'after',
      `
Without --prune nothing is deleted, assignments included: who is not in the file any more goes on having access. The
plan names them. Each change is in the audit, as of this command. A running service takes the changes within a second.

Exit code: 0 done, or nothing to do; 1 refused, nothing was changed; 3 the store was changed meanwhile, nothing was
changed.

Examples:
  postern-service --config service.yaml config apply tenant.yaml
  postern-service --config service.yaml config apply tenant.yaml --prune --yes
  postern-service --config service.yaml config apply tenant.yaml --yes --expect "$STATE"`,
    )
    .action(async (file: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ApplyOptions>();
      const apply = async (opened: Opened): Promise<void> => {
        const { plan, tag } = await makePlan(file, options, opened);
        if (options.expect !== undefined && options.expect !== tag) throw new StateChangedError();
        if (options.json !== true) process.stdout.write(`${describePlan(plan)}\n`);
        if (plan.changes.length > 0) {
          if (options.yes !== true) await confirm();
          await applyPlan(opened.store, plan, tag, commandContext());
        }
        const after = stateTag(await readTenantState(opened.store));
        print(
          options,
          { ...planAsJson(plan, after), applied: plan.changes.length },
          `${plan.changes.length} changes made.`,
        );
      };
      await withStore(options, apply, true).catch((error: unknown) => {
        if (error instanceof StateChangedError) process.exitCode = EXIT_CODES.changedMeanwhile;
        throw error;
      });
    });
}

async function makePlan(
  file: string,
  options: PlanOptions,
  { configuration, store }: Opened,
): Promise<{ readonly plan: ConfigurationPlan; readonly tag: string }> {
  const read = loadConfigurationFile(file, process.env);
  const state = await readTenantState(store);
  const plan = await planConfiguration(read, state, {
    rules: publishingRulesOf(configuration, serviceAddresses(configuration.publicUrl)),
    isPruning: options.prune === true,
    nowMs: Date.now(),
    randomId: randomUUID,
  });
  if (plan.problems.length > 0) throw new ConfigurationFileError(read, plan.problems);
  return { plan, tag: stateTag(state) };
}

/** @throws PosternError `CONFIG_INVALID` where nobody says yes */
async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new PosternError('CONFIG_INVALID', { message: 'Nothing was changed: nobody is there to ask. Add --yes.' });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question('Make these changes? Type yes: ');
    if (answer.trim().toLowerCase() !== 'yes') {
      throw new PosternError('CONFIG_INVALID', { message: 'Nothing was changed.' });
    }
  } finally {
    terminal.close();
  }
}

/** Who the audit names: the account of the operating system that runs the command. */
function commandContext(): ChangeContext {
  const displayName = `${userInfo().username} at ${hostname()}, by postern-service config apply`;
  return { actor: { id: 'command-line', displayName, kind: 'service' }, activityId: randomUUID() };
}

/** @param isMade whether a store is made where there is none yet */
async function withStore(
  options: CommonOptions,
  run: (opened: Opened) => Promise<void>,
  isMade = false,
): Promise<void> {
  const configuration = loadServiceConfiguration(options.config ?? null, process.env);
  const sealingKey = findSealingKeys(configuration, process.env);
  const store = await openStoreBeside({ location: storeLocation(configuration), sealingKey, clock: Date.now }, isMade);
  try {
    await run({ configuration, store });
  } finally {
    await store.close();
  }
}

function formatOf(file: string | undefined, { json }: CommonOptions): ConfigurationFormat {
  if (file === undefined) return json === true ? 'json' : 'yaml';
  return extname(file).toLowerCase() === '.json' ? 'json' : 'yaml';
}

function print({ json }: CommonOptions, data: object, words: string): void {
  process.stdout.write(`${json === true ? JSON.stringify(data) : words}\n`);
}
