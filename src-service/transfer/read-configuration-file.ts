import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { acceptablePart } from '../../src-shared/configuration/acceptable-part.ts';
import {
  type ConfigurationProblem,
  findConfigurationProblems,
  keyText,
} from '../../src-shared/configuration/configuration-issues.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { type ConfigurationFile, configurationFileSchema } from './configuration-file.ts';
import { upgradeConfigurationFile } from './configuration-upgrades.ts';
import { type PositionedDocument, readPositionedDocument } from './positioned-document.ts';
import { type ReferencePlaces, resolveReferences } from './text-references.ts';

/** A configuration that was read from a file. */
export interface ReadConfigurationFile {
  readonly file: ConfigurationFile;
  /** What problems are told by. */
  readonly origin: string;
  readonly lineOf: PositionedDocument['lineOf'];
  readonly origins: ReadonlyMap<string, string>;
  readonly places: ReferencePlaces;
  /** What its schema finds wrong with it. */
  readonly problems: readonly ConfigurationProblem[];
  /** Places of `file` that say nothing of what was written. */
  readonly refusedPaths: readonly (readonly PropertyKey[])[];
}

/** A refusal that names every place of a file that is at fault. */
export class ConfigurationFileError extends PosternError {
  readonly problems: readonly { readonly line: number; readonly path: string; readonly message: string }[];

  constructor(
    { origin, lineOf }: Pick<ReadConfigurationFile, 'origin' | 'lineOf'>,
    found: readonly ConfigurationProblem[],
  ) {
    const problems = found
      .map(({ path, message }) => ({ line: lineOf(path), path: keyText(path), message }))
      .sort((a, b) => a.line - b.line);
    const lines = problems.map(({ line, path, message }) => `  ${origin}:${line}: ${path}: ${message}`);
    super('CONFIG_INVALID', {
      message: `${problems.length === 1 ? 'A problem' : `${problems.length} problems`}; nothing was changed:\n${lines.join('\n')}`,
    });
    this.problems = problems;
  }
}

/**
 * Reads a configuration file, YAML or JSON; `-` is standard input. Older versions are upgraded, references filled in.
 * What the schema refuses is told with what a plan finds wrong with the rest.
 * @throws ConfigurationFileError, PosternError `CONFIG_INVALID` when it can't be read at all
 */
export function loadConfigurationFile(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): ReadConfigurationFile {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PosternError('CONFIG_INVALID', { message: `${file} can't be read: ${reason}.`, cause: error });
  }
  const folder = file === '-' ? process.cwd() : dirname(resolve(file));
  return parseConfigurationFile(text, file === '-' ? 'standard input' : file, { folder, environment });
}

/** Reads the text of a configuration file. @throws as `loadConfigurationFile` does. @internal exported for tests */
export function parseConfigurationFile(text: string, origin: string, places: ReferencePlaces): ReadConfigurationFile {
  const { data, lineOf } = readPositionedDocument(text, origin);
  const resolved = resolveReferences(upgradeConfigurationFile(data), places);
  const part = acceptablePart(configurationFileSchema, resolved.data);
  const issues = part?.issues ?? configurationFileSchema.safeParse(resolved.data).error?.issues ?? [];
  const found = findConfigurationProblems(issues, resolved.data, configurationFileSchema, {
    describeMissing: () => '',
  });
  const broken = resolved.problems.map(({ path }) => path);
  const names = new Set(broken.map(keyText));
  const problems = [
    ...resolved.problems,
    ...found.filter(({ path }) => !names.has(keyText(path))).map((problem) => hideOrigin(problem, resolved.origins)),
  ];
  if (part === null) throw new ConfigurationFileError({ origin, lineOf }, problems);
  const refusedPaths = [...part.mendedPaths, ...broken];
  return { file: part.data, origin, lineOf, origins: resolved.origins, places, problems, refusedPaths };
}

/** A text that came from elsewhere may be a secret: its value is not repeated. */
function hideOrigin(problem: ConfigurationProblem, origins: ReadonlyMap<string, string>): ConfigurationProblem {
  const origin = origins.get(keyText(problem.path));
  if (origin === undefined) return problem;
  return {
    ...problem,
    message: problem.message.replace(/^has the value .*, but /s, `has its value from ${origin}, but `),
  };
}
