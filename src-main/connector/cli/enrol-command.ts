import { hostname } from 'node:os';
import { Command } from 'commander';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { ConnectorIdentity } from '../connector-identity.ts';
import { type ConnectorSettings, loadConnectorSettings, readExtraCertificates } from '../connector-settings.ts';
import { readEnrolmentToken } from '../enrolment-token.ts';
import { enrol } from '../enrolment.ts';
import { IdentityFile } from '../identity-file.ts';
import { makeFindAddresses } from '../loopback-lookup.ts';
import { settingsRoutes } from '../proxy/settings-routes.ts';
import type { WaysToService } from '../service-connector.ts';
import { readVersion } from './version.ts';

/** `postern-connector enrol`: makes this machine a connector, once. */
export function enrolCommand(): Command {
  return new Command('enrol')
    .description('Enrol this machine as a connector.')
    .option('-c, --config <file>', 'settings, YAML')
    .option('--service <url>', 'address of the service')
    .option('--token <token>', 'one-time enrolment token (better: POSTERN_ENROLMENT_TOKEN, or a file)')
    .option('--token-file <file>', 'file with the enrolment token; - for standard input')
    .option('--name <name>', 'how the connector is called in lists')
    .option('--group <id>', 'connector group to join')
    .option('--data <folder>', "folder of the connector's identity")
    .option('--ca <file>', 'PEM file of further authorities for the certificate of the service')
    .option('--force', 'replace the identity that is there')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  postern-connector enrol --service https://postern.example.com --token-file token.txt
  postern-connector enrol --config connector.yaml --force --json`,
    )
    .action(async (options: Readonly<Record<string, string | boolean | undefined>>) => {
      const settings = await loadConnectorSettings(textOf(options['config']) ?? null, process.env, {
        serviceUrl: options['service'],
        enrolmentToken: options['token'],
        enrolmentTokenFile: options['tokenFile'],
        displayName: options['name'],
        connectorGroupId: options['group'],
        dataFolder: options['data'],
        caFile: options['ca'],
      });
      const storage = new IdentityFile(settings.dataFolder);
      const existing = await storage.load();
      if (existing !== null && options['force'] !== true) {
        throw new PosternError('CONFIG_INVALID', {
          message: `This machine is already enrolled with ${existing.serviceUrl} as ${existing.displayName}. Add --force to enrol it anew.`,
        });
      }
      const identity = await enrolFromSettings(settings, {
        extraCertificates: await readExtraCertificates(settings),
        findRoutes: await settingsRoutes(settings, process.env),
        findAddresses: makeFindAddresses(),
      });
      await storage.save(identity);
      if (options['json'] === true) {
        const { connectorId, displayName, serviceUrl, connectorGroupName } = identity;
        const enrolled = { connectorId, displayName, serviceUrl, connectorGroupName, identityFile: storage.file };
        process.stdout.write(`${JSON.stringify(enrolled)}\n`);
        return;
      }
      process.stdout.write(
        `Enrolled with ${identity.serviceUrl} as ${identity.displayName}, group ${identity.connectorGroupName}.\n` +
          `The private key is in ${storage.file}, which this account alone may read. No key store protects it: ` +
          'whoever copies that file is this connector until an administrator deletes it.\n',
      );
    });
}

/** Enrols with the settings' token. @throws PosternError `CONFIG_INVALID` when address or token is missing; as `enrol` does. */
export async function enrolFromSettings(settings: ConnectorSettings, ways: WaysToService): Promise<ConnectorIdentity> {
  if (settings.serviceUrl === undefined) {
    throw new PosternError('CONFIG_INVALID', {
      message:
        'serviceUrl is missing: give the address of the service with --service, POSTERN_SERVICE_URL or the settings.',
    });
  }
  const token = await readEnrolmentToken(settings);
  if (token === null) {
    throw new PosternError('CONFIG_INVALID', {
      message:
        'This machine is not enrolled yet, and enrolmentToken is missing: an administrator makes one; give it with --token-file or POSTERN_ENROLMENT_TOKEN.',
    });
  }
  return enrol({
    serviceUrl: settings.serviceUrl,
    authorization: { kind: 'enrolmentToken', token },
    displayName: settings.displayName ?? hostname(),
    machineName: hostname(),
    version: await readVersion(),
    connectorGroupId: settings.connectorGroupId,
    ways,
  });
}

function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
