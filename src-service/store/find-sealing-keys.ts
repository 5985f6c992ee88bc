import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceConfiguration } from '../config/service-configuration.ts';
import { SealingKeyFile } from './sealing-key-file.ts';
import { type SealingKeys, fixedSealingKeys } from './sealing-keys.ts';

/** Name of the credential by which systemd hands the keys over (`LoadCredential=`, systemd.exec). */
const CREDENTIAL = 'postern-sealing-key';

/**
 * The sealing keys of a configuration: `sealing.keys`, else `sealing.keyFile`, else systemd's credential, else
 * `sealing.key` in the data folder, which is made where there is none.
 * @throws PosternError `CONFIG_INVALID`
 */
export function findSealingKeys(
  { sealing, dataFolder }: Pick<ServiceConfiguration, 'dataFolder' | 'sealing'>,
  environment: Readonly<Record<string, string | undefined>>,
): SealingKeys {
  if (sealing.keys !== undefined) return fixedSealingKeys(sealing.keys.map((text) => Buffer.from(text, 'base64')));
  if (sealing.keyFile !== undefined) return new SealingKeyFile(sealing.keyFile, false);
  const credentials = environment['CREDENTIALS_DIRECTORY'];
  const credential = credentials === undefined ? null : join(credentials, CREDENTIAL);
  if (credential !== null && existsSync(credential)) return new SealingKeyFile(credential, false);
  return new SealingKeyFile(join(dataFolder, 'sealing.key'), true);
}
