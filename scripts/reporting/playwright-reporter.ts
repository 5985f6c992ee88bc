import type { FullConfig, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter';
import { firstLine, type RunResults, writeRunResults } from './run-results.ts';

/** Writes what Playwright ran as `RunResults`. */
export default class PlaywrightReporter implements Reporter {
  #suite: Suite | undefined;
  readonly #errors: TestError[] = [];

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite;
  }

  /** Errors outside of tests: a file that doesn't load, a global set-up that fails. */
  onError(error: TestError): void {
    this.#errors.push(error);
  }

  onEnd(): void {
    const results: RunResults = { passed: 0, failures: [], skips: [] };
    for (const test of this.#suite?.allTests() ?? []) addTest(results, test);
    for (const error of this.#errors)
      results.failures.push({ name: 'outside of tests', reason: firstLine(error.message) });
    writeRunResults(results);
  }

  printsToStdio(): boolean {
    return false;
  }
}

function addTest(results: RunResults, test: TestCase): void {
  const name = test
    .titlePath()
    .filter((part) => part !== '')
    .join(' > ');
  const last = test.results.at(-1);
  switch (test.outcome()) {
    case 'expected':
    case 'flaky':
      results.passed += 1;
      break;
    case 'skipped': {
      const skip = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme');
      results.skips.push({ name, reason: skip?.description ?? 'no reason given' });
      break;
    }
    case 'unexpected':
      results.failures.push({ name, reason: firstLine(last?.error?.message) || (last?.status ?? 'it never ran') });
      break;
  }
}
