import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import { firstLine, type RunResults, writeRunResults } from './run-results.ts';

/** Writes what vitest ran as `RunResults`, with the reasons of skips, which vitest's own JSON leaves out. */
export default class VitestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const results: RunResults = { passed: 0, failures: [], skips: [] };
    for (const module of modules) {
      for (const test of module.children.allTests()) addTest(results, module, test);
      addErrors(results, module.relativeModuleId, module.errors());
      for (const suite of module.children.allSuites()) {
        addErrors(results, `${module.relativeModuleId} > ${suite.fullName}`, suite.errors());
      }
    }
    addErrors(results, 'outside of tests', unhandledErrors);
    writeRunResults(results);
  }
}

/** Errors of a file, a hook or a group, which belong to no test. */
function addErrors(results: RunResults, name: string, errors: readonly SerializedError[]): void {
  for (const error of errors) results.failures.push({ name, reason: firstLine(error.message) });
}

function addTest(results: RunResults, module: TestModule, test: TestCase): void {
  const name = `${module.relativeModuleId} > ${test.fullName}`;
  const result = test.result();
  if (result.state === 'passed') results.passed += 1;
  else if (result.state === 'failed') results.failures.push({ name, reason: firstLine(result.errors[0]?.message) });
  else if (result.state === 'skipped') results.skips.push({ name, reason: result.note ?? reasonOfSkip(module, test) });
  else results.failures.push({ name, reason: 'it never ended' });
}

/** A test whose group's or file's set-up failed never ran; that failure is in the list by itself. */
function reasonOfSkip(module: TestModule, test: TestCase): string {
  const owners = [module, ...module.children.allSuites()];
  const isStopped = test.options.mode === 'run' && owners.some((owner) => owner.errors().length > 0);
  return isStopped ? 'its set-up failed' : 'no reason given';
}
