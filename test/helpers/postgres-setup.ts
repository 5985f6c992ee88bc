import { afterAll, beforeAll } from 'vitest';
import { type StartedPostgres, startPostgres } from './start-postgres.ts';
import { useServer } from './test-store.ts';

/** Runs around each file of the project `integration-postgres`: a server for the services that its tests start. */
let started: StartedPostgres;

beforeAll(async () => {
  started = await startPostgres();
  useServer(started);
});

afterAll(async () => {
  useServer(null);
  await started.stop();
});
