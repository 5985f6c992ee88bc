import { Command } from 'commander';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { loadConnectorSettings, readExtraCertificates } from '../connector-settings.ts';
import { IdentityFile } from '../identity-file.ts';
import { makeFindAddresses } from '../loopback-lookup.ts';
import { settingsRoutes } from '../proxy/settings-routes.ts';
import { ServiceClient } from '../service-client.ts';

/** `postern-connector status`: who this machine is, and whether its service can be reached. */
export function statusCommand(): Command {
  return new Command('status')
    .description('Say who this connector is and whether its service answers.')
    .option('-c, --config <file>', 'settings, YAML')
    .option('--data <folder>', "folder of the connector's identity")
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Exit code: 0 enrolled, and the service answers; 1 otherwise. A running connector listens nowhere, so it can't be asked here
whether its tunnels stand: "postern-service status" and the list of connectors say that.

Example:
  postern-connector status --config connector.yaml --json`,
    )
    .action(async (options: { config?: string; data?: string; json?: boolean }) => {
      const settings = await loadConnectorSettings(options.config ?? null, process.env, { dataFolder: options.data });
      const identity = await new IdentityFile(settings.dataFolder).load();
      if (identity === null) {
        throw new PosternError('CONFIG_INVALID', {
          message: `This machine is not enrolled: there is no identity in ${settings.dataFolder}. Run "enrol" first.`,
        });
      }
      const client = new ServiceClient(identity.serviceUrl, {
        extraCertificates: await readExtraCertificates(settings),
        findRoutes: await settingsRoutes(settings, process.env),
        findAddresses: makeFindAddresses(),
      });
      try {
        const service = await client.describe();
        const status = {
          connectorId: identity.connectorId,
          displayName: identity.displayName,
          connectorGroupName: identity.connectorGroupName,
          serviceUrl: identity.serviceUrl,
          serviceName: service.displayName,
          serviceVersion: service.version,
          certificateExpiryDateTime: new Date(identity.certificateExpiryMs).toISOString(),
        };
        const lines = Object.entries(status).map(([key, value]) => `${key}: ${value}`);
        process.stdout.write(options.json === true ? `${JSON.stringify(status)}\n` : `${lines.join('\n')}\n`);
      } finally {
        await client.close();
      }
    });
}
