import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { CONFIGURATION_FILE_VERSION } from './configuration-file.ts';

/** Makes the form of the next version of a file's data. */
type Upgrade = (data: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** By the version that each takes. Version 1 is the first. */
const UPGRADES: ReadonlyMap<number, Upgrade> = new Map();

/**
 * Brings the data of an older file into the form of now.
 * @throws PosternError `CONFIG_INVALID` for a file of a newer version, or of none
 */
export function upgradeConfigurationFile(
  data: unknown,
  upgrades: ReadonlyMap<number, Upgrade> = UPGRADES,
  newest: number = CONFIGURATION_FILE_VERSION,
): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw invalid('It must have version, and connectorGroups, applications or certificates');
  }
  let current = data as Record<string, unknown>;
  let version = current['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw invalid(
      `version is ${version === undefined ? 'missing' : JSON.stringify(version)}; this program writes ${newest}`,
    );
  }
  if (version > newest) {
    throw invalid(
      `It has version ${version}, and this program knows up to ${newest}. Use the program that wrote it, or a newer one`,
    );
  }
  for (; version < newest; version += 1) {
    const upgrade = upgrades.get(version);
    if (upgrade === undefined) throw invalid(`Files of version ${version} are too old to be read`);
    current = { ...upgrade(current), version: version + 1 };
  }
  return current;
}

function invalid(reason: string): PosternError {
  return new PosternError('CONFIG_INVALID', { message: `The file is no configuration of Postern: ${reason}.` });
}
