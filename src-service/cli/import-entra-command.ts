import { existsSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { loadServiceConfiguration } from '../config/service-configuration.ts';
import { convertEntra } from '../transfer/entra/convert-entra.ts';
import { describeEntraReport } from '../transfer/entra/entra-report.ts';
import { readGraphObjects } from '../transfer/entra/graph-objects.ts';
import {
  CONFIGURATION_FORMATS,
  type ConfigurationFormat,
  writeConfigurationFile,
} from '../transfer/export-configuration.ts';

interface ImportOptions {
  readonly config?: string;
  readonly output?: string;
  readonly format?: ConfigurationFormat;
  readonly domain?: string;
  readonly force?: true;
  readonly json?: true;
}

/** `postern-service config import-entra`: no store is touched. */
export function importEntraCommand(): Command {
  return new Command('import-entra')
    .description("Makes a configuration file of what Microsoft Graph says of a tenant's published applications.")
    .argument('<files...>', 'answers of Graph beta as JSON: single objects, lists, pages; or folders of them')
    .option('-o, --output <file>', 'the file to write; standard output where absent')
    .addOption(
      new Option('--format <format>', 'by the ending of the file where absent, else yaml').choices(
        CONFIGURATION_FORMATS,
      ),
    )
    .option('--domain <domain>', 'takes the place of msappproxy.net; applicationsDomain of --config where absent')
    .option('--force', 'writes over a file that is there')
    .option('--json', 'prints {"configuration", "report"} as JSON')
    .addHelpText(
      'after',
      `
The report goes to standard error: what is not carried over, why, and what to do instead. Then look at the plan.
What to ask of https://graph.microsoft.com/beta, each answer with all of its pages:
  applications?$select=id,appId,displayName,description,tags,identifierUris,appRoles,info,web,onPremisesPublishing
  applications/{id}/connectorGroup     for each of them
  servicePrincipals and servicePrincipals/{id}/appRoleAssignedTo
  onPremisesPublishingProfiles/applicationProxy/connectorGroups?$expand=members,applications

Examples:
  postern-service config import-entra answers/ --domain apps.example.com -o tenant.yaml
  postern-service --config service.yaml config plan tenant.yaml`,
    )
    .action((files: string[], _: unknown, command: Command) => {
      const { config, output, format, domain, force, json } = command.optsWithGlobals<ImportOptions>();
      if (output !== undefined && existsSync(output) && force !== true) {
        throw new PosternError('CONFIG_INVALID', {
          message: `${output} is there already. Add --force to write over it.`,
        });
      }
      const configured = config === undefined ? null : loadServiceConfiguration(config, process.env).applicationsDomain;
      const { file, notes } = convertEntra(readGraphObjects(files), domain ?? configured);
      const isJsonFile = output !== undefined && extname(output).toLowerCase() === '.json';
      const text = writeConfigurationFile(file, format ?? (isJsonFile ? 'json' : 'yaml'));
      if (output !== undefined) writeFileSync(output, text);
      if (json === true) process.stdout.write(`${JSON.stringify({ configuration: file, report: notes })}\n`);
      else {
        if (output === undefined) process.stdout.write(text);
        process.stderr.write(`${describeEntraReport(notes)}\n`);
      }
    });
}
