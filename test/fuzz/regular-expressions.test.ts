import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkSync } from 'recheck';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Some seconds each for those whose paths have to be tried out. */
const DEADLINE_MS = 400_000;

/** Expressions that are not linear in what they read, and why none of it is long or a stranger's. */
const BOUNDED: Readonly<Record<string, string>> = {
  'src-main/connector/translation/body/css-scanner.ts': 'it looks back some characters',
  'src-main/connector/translation/body/detect-encoding.ts': 'the first 1,024 octets of a page',
  'src-main/app/path-check.ts': 'what the proxy settings of this machine say',
  'src-service/portal/error-template.ts': "the operator's own page, read once",
  'src-service/cli/read-metrics.ts': "the service's own metrics",
  'src-main/app/diagnostics/redact.ts': 'base64 that was made here',
};

interface Found {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

function expressionsOf(file: string): Found[] {
  const found: Found[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('regex' in node) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string };
      found.push({ file, source: pattern, flags });
      return;
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseSync(file, readFileSync(path.join(ROOT, file), 'utf8')).program);
  return found;
}

/**
 * One quadratic expression lets a head of 64 KiB cost seconds of the whole service, as one for the space about the value of a
 * field did.
 */
test('no expression takes more than linear time on what strangers send', { timeout: DEADLINE_MS }, () => {
  const files = globSync('{src-service,src-shared,src-main}/**/*.ts', { cwd: ROOT });
  const expressions = files.flatMap((file) => expressionsOf(file.split(path.sep).join('/')));
  expect(expressions.length).toBeGreaterThan(200);
  const slow = expressions.filter(
    ({ source, flags }) => checkSync(source, flags, { timeout: 60_000 }).status !== 'safe',
  );
  const needless = Object.keys(BOUNDED).filter((file) => slow.every((each) => each.file !== file));
  expect(slow.filter(({ file }) => BOUNDED[file] === undefined)).toEqual([]);
  expect(needless).toEqual([]);
});

test('the check finds an expression that backtracks', () => {
  expect(checkSync('^[\\t ]+|[\\t ]+$', 'g').status).toBe('vulnerable');
});
