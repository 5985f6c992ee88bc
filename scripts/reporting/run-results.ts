import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { z } from 'zod';

const runResultsSchema = z.object({
  passed: z.number().int(),
  /** One entry per failed test, or failed file or hook outside of tests: its name and the first line of the error. */
  failures: z.array(z.object({ name: z.string(), reason: z.string() })),
  skips: z.array(z.object({ name: z.string(), reason: z.string() })),
});

/** What one runner reports, in the same shape for all of them. */
export type RunResults = z.infer<typeof runResultsSchema>;

/** Names the file that a runner's reporter writes its results to. */
export const RESULTS_FILE_VARIABLE = 'POSTERN_RESULTS_FILE';

/** Writes a runner's results to the file that `RESULTS_FILE_VARIABLE` names; does nothing where it is unset. */
export function writeRunResults(results: RunResults): void {
  const file = process.env[RESULTS_FILE_VARIABLE];
  if (file === undefined) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** Reads what a runner wrote. A runner that ended before it wrote anything counts as one failure. */
export function readRunResults(file: string, runner: string): RunResults {
  try {
    return runResultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    const reason = 'it ended without results; see its output above';
    return { passed: 0, failures: [{ name: runner, reason }], skips: [] };
  }
}

/** The first line of an error's text, without the colours of a terminal. */
export function firstLine(text: string | undefined): string {
  // oxlint-disable-next-line no-control-regex -- the escape character is what a colour begins with
  const plain = (text ?? '').replaceAll(/\u001B\[[\d;]*m/g, '');
  return plain.trim().split('\n')[0] ?? '';
}
