import { join } from 'node:path';
import type { ServiceConfiguration } from '../config/service-configuration.ts';
import type { StoreLocation } from './database/open-database.ts';

/** Where the store of a configuration lies. */
export function storeLocation({
  store,
  dataFolder,
}: Pick<ServiceConfiguration, 'dataFolder' | 'store'>): StoreLocation {
  const { kind, file = join(dataFolder, 'postern.db'), ...postgres } = store;
  return kind === 'sqlite' ? { kind, file } : { kind, ...postgres };
}
