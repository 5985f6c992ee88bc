import process from 'node:process';
import { defineConfig } from '@playwright/test';

/** The end-to-end tests drive the real desktop app and a real browser. Each file has an app, a service and a browser of its own: two at a time. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../../test-results/e2e',
  workers: 2,
  fullyParallel: false,
  // A test that passes at the second try hides a race.
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  globalTimeout: 900_000,
  globalSetup: './electron-setup.ts',
  reporter: [['list'], ['../../scripts/reporting/playwright-reporter.ts']],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure', actionTimeout: 15_000, navigationTimeout: 30_000 },
});
