import { defineConfig } from 'vitest/config';

/** Real sockets on two cores: what hangs should fail as a test, long before the run's own limit. */
const TEST_TIMEOUT_MS = 60_000;
/** What is waited for comes late on a busy machine; vitest's own second is too short for a new process, thread or tunnel there. */
const POLL = { timeout: 15_000 };

/** Most files run two at a time; those that look at times and loads one after the other, when the others are done. */
const TOGETHER = { maxWorkers: 2, sequence: { groupOrder: 0 } };
const ALONE = { maxWorkers: 1, sequence: { groupOrder: 1 } };

function project(name: string, timeoutMs: number) {
  return {
    extends: true as const,
    test: {
      name,
      ...TOGETHER,
      include: [`test/${name}/**/*.test.{ts,tsx}`],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
    },
  };
}

const LOOKS_AT_TIMES = [
  'attacks-rates',
  'configuration-push',
  'faults',
  'faults-stampede',
  'faults-streaming',
  'http2',
  'http2-hostile',
  'limits',
  'relay',
  'running-exchanges',
  'running-exchanges-ends',
  'running-exchanges-http2',
  'sessions',
  'slow-readers',
].map((name) => `test/integration/${name}.test.ts`);

const integration = project('integration', TEST_TIMEOUT_MS);
const together = { ...integration, test: { ...integration.test, exclude: LOOKS_AT_TIMES } };
const alone = {
  ...integration,
  test: { ...integration.test, ...ALONE, name: 'integration-alone', include: LOOKS_AT_TIMES },
};

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
  'openapi',
  'session-api',
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

/** Files that show what HTTP means here, whose services leave HTTP/1.1 to node:http the second time. */
const WITH_NODE_HTTP_TOO = ['desync', 'edge', 'headers', 'hostile-targets', 'http-semantics', 'urls'];

const withNodeHttp = {
  extends: true as const,
  test: {
    name: 'integration-node-http',
    ...TOGETHER,
    include: WITH_NODE_HTTP_TOO.map((name) => `test/integration/${name}.test.ts`),
    setupFiles: ['test/helpers/node-http-setup.ts'],
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
    expect: { poll: POLL },
    projects: [
      project('unit', 30_000),
      together,
      alone,
      onPostgres,
      withNodeHttp,
      project('fuzz', 60_000),
      project('providers', 2 * TEST_TIMEOUT_MS),
    ],
  },
});
