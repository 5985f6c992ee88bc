import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ConfigurationProblem, keyText } from '../../src-shared/configuration/configuration-issues.ts';
import { type TextReference, isTextReference } from './configuration-file.ts';
import { logoDataUrl } from './logo-data-url.ts';

/** What references are looked up in. */
export interface ReferencePlaces {
  /** The folder of the configuration file. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Data whose references are filled in. */
export interface ResolvedData {
  readonly data: unknown;
  /** Where texts came from elsewhere, by the text of their path: they may be secrets, and are not shown. */
  readonly origins: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigurationProblem[];
}

/** Keys of certificates are looked up when one is to be kept: a file that is exported and applied again needs none. */
const LOOKED_UP_LATER = /^certificates\[\d+\]\.(privateKey|passphrase)$/;

/** Puts the texts of files and of the environment in the place of the references to them, wherever those stand. */
export function resolveReferences(data: unknown, places: ReferencePlaces): ResolvedData {
  const origins = new Map<string, string>();
  const problems: ConfigurationProblem[] = [];
  const walk = (value: unknown, path: readonly PropertyKey[]): unknown => {
    const place = keyText(path);
    if (isTextReference(value)) {
      if (LOOKED_UP_LATER.test(place)) return value;
      try {
        const isLogo = path.at(-1) === 'logo' && 'fromFile' in value;
        const text = isLogo ? logoDataUrl(readOctets(value.fromFile, places)) : readReference(value, places);
        origins.set(place, describeReference(value));
        return text;
      } catch (error) {
        problems.push({ path, message: error instanceof Error ? error.message : String(error) });
        return '';
      }
    }
    if (Array.isArray(value)) return value.map((each, index) => walk(each, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, [...path, key])]));
  };
  return { data: walk(data, []), origins, problems };
}

/** The text that a reference stands for. @throws Error saying in words why there is none */
export function readReference(reference: TextReference, places: ReferencePlaces): string {
  if ('fromFile' in reference) {
    // Editors end a file with a new line, which is no part of a secret.
    return readOctets(reference.fromFile, places)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }
  const text = places.environment[reference.fromEnvironment];
  if (text === undefined) throw new Error(`the environment has no variable ${reference.fromEnvironment}.`);
  return text;
}

function readOctets(file: string, { folder }: ReferencePlaces): Buffer {
  try {
    return readFileSync(resolve(folder, file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the file ${file} can't be read: ${reason}.`, { cause: error });
  }
}

function describeReference(reference: TextReference): string {
  return 'fromFile' in reference ? `the file ${reference.fromFile}` : `the variable ${reference.fromEnvironment}`;
}
