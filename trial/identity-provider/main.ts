import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { providerConfigurationSchema } from './provider-configuration.ts';
import { startIdentityProvider } from './start-identity-provider.ts';

/** `node trial/identity-provider/main.ts --config provider.json`: runs until SIGINT or SIGTERM. */
const program = new Command('identity-provider')
  .description('The stand-in for Microsoft Entra ID that the trial signs in with.')
  .requiredOption('--config <file>', 'configuration in JSON (provider-configuration.ts)')
  .parse();

const { config } = program.opts<{ config: string }>();
const configuration = providerConfigurationSchema.parse(JSON.parse(readFileSync(config, 'utf8')));
const provider = await startIdentityProvider(configuration);
process.stdout.write(`${JSON.stringify({ event: 'identity-provider.ready', issuer: provider.issuer })}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void provider.close().then(() => process.exit(0));
  });
}
