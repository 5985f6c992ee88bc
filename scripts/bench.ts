import { globSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ROOT, runNode } from './run-command.ts';

/**
 * `npm run bench [-- NAME… [OPTION…]]`: runs the benchmarks named, or all, one after the other; each prints a table. From the
 * first argument that begins with a dash on, all are handed to each of them.
 */
const available = globSync('bench/*.bench.ts', { cwd: ROOT }).map((file) => path.basename(file, '.bench.ts'));
const all = process.argv.slice(2);
const firstOption = all.findIndex((argument) => argument.startsWith('-'));
const names = firstOption < 0 ? all : all.slice(0, firstOption);
const options = firstOption < 0 ? [] : all.slice(firstOption);
const unknown = names.filter((name) => !available.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${available.toSorted().join(', ')}.`);
  process.exitCode = 1;
} else {
  for (const name of names.length > 0 ? names : available.toSorted()) {
    const { code } = await runNode(`bench/${name}.bench.ts`, options, { output: 'inherit' });
    if (code !== 0) process.exitCode = 1;
  }
}
