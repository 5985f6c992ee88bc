import { defineConfig } from 'vitest/config';

/** Real sockets on two cores: what hangs should fail as a test, long before the run's own limit. */
const TEST_TIMEOUT_MS = 60_000;

/** Files of these run two at a time; those of `integration`, which look at times and loads, one after the other and last. */
const TOGETHER = { maxWorkers: 2, sequence: { groupOrder: 0 } };
const ALONE = { maxWorkers: 1, sequence: { groupOrder: 1 } };

function project(name: string, timeoutMs: number, order: typeof TOGETHER = TOGETHER) {
  return {
    extends: true as const,
    test: {
      name,
      ...order,
      include: [`test/${name}/**/*.test.{ts,tsx}`],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
    },
  };
}

/** Files whose services keep their state in PostgreSQL the second time that they run. */
const ON_POSTGRES_TOO = [
  'admin-api',
  'administrators',
  'application-presentation',
  'assignment',
  'batch',
  'certificates',
  'conditional-changes',
  'directory-audits',
  'enrolment',
  'graph-client',
  'list-options',
  'sessions',
  'several-providers',
  'sign-in',
];

const onPostgres = {
  extends: true as const,
  test: {
    name: 'integration-postgres',
    ...TOGETHER,
    include: ON_POSTGRES_TOO.map((name) => `test/integration/${name}.test.ts`),
    setupFiles: ['test/helpers/postgres-setup.ts'],
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
  },
};

/** Files that show what HTTP means here, whose services leave the heads of responses to node:http the second time. */
const WITH_NODE_HEADS_TOO = ['desync', 'edge', 'headers', 'http-semantics'];

const withNodeHeads = {
  extends: true as const,
  test: {
    name: 'integration-node-heads',
    ...TOGETHER,
    include: WITH_NODE_HEADS_TOO.map((name) => `test/integration/${name}.test.ts`),
    setupFiles: ['test/helpers/node-heads-setup.ts'],
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
  },
};

export default defineConfig({
  test: {
    environment: 'node',
    // A process per file: its open handles are its own, and what it leaves behind can be seen.
    pool: 'forks',
    setupFiles: ['test/helpers/leak-setup.ts'],
    projects: [
      project('unit', 30_000),
      project('integration', TEST_TIMEOUT_MS, ALONE),
      onPostgres,
      withNodeHeads,
      project('fuzz', 60_000),
      project('providers', 2 * TEST_TIMEOUT_MS),
    ],
  },
});
