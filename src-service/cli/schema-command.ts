import { Argument, Command } from 'commander';
import { toJsonSchema } from '../../src-shared/configuration/json-schema.ts';
import { serviceConfigurationSchema } from '../config/service-configuration.ts';
import { configurationFileJsonSchema } from '../transfer/configuration-json-schema.ts';

const SUBJECTS = ['service', 'configuration'] as const;
type Subject = (typeof SUBJECTS)[number];

/** The JSON Schema of a file. @internal exported for tests */
export function jsonSchemaOf(subject: Subject): object {
  if (subject === 'configuration') return configurationFileJsonSchema();
  return toJsonSchema(serviceConfigurationSchema, 'The configuration of postern-service');
}

/** `postern-service config schema`. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('Prints a JSON Schema (draft 2020-12), by which editors know the keys of a file.')
    .addArgument(
      new Argument('[subject]', 'which file: that of --config, or that of export, plan and apply')
        .choices(SUBJECTS)
        .default('configuration'),
    )
    .option('--json', 'changes nothing: it is JSON in any case')
    .addHelpText(
      'after',
      `
The schemas are in the folder schemas/, too. Name one in the first line of a YAML file
(# yaml-language-server: $schema=postern-configuration.schema.json), or as the key $schema.
That of the connector's settings: postern-connector schema.

Example:
  postern-service config schema > postern-configuration.schema.json`,
    )
    .action((subject: Subject) => {
      process.stdout.write(`${JSON.stringify(jsonSchemaOf(subject), null, 2)}\n`);
    });
}
