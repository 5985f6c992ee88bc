import { afterAll, beforeAll, expect, test } from 'vitest';
import { request } from 'undici';
import type { LogEvent, LoggedProcess } from '../helpers/logged-process.ts';
import { type FaultWorld, startFaultWorld } from '../helpers/start-fault-world.ts';

let world: FaultWorld;
let url: string;

beforeAll(async () => {
  world = await startFaultWorld();
  url = await world.publish('shop');
});

afterAll(async () => {
  await world.close();
});

interface Answer {
  readonly status: number;
  readonly activityId: string;
  readonly problem: Readonly<Record<string, unknown>>;
}

async function ask(path: string): Promise<Answer> {
  const { statusCode, headers, body } = await request(url + path, { dispatcher: world.agent });
  const problem = (await body.json()) as Record<string, unknown>;
  return { status: statusCode, activityId: String(headers['x-postern-activity-id']), problem };
}

/** The lines of a request in a process's log, once the last of them must be there. */
async function linesOf(process: LoggedProcess, fits: (event: LogEvent) => boolean): Promise<readonly LogEvent[]> {
  await process.event(fits);
  return process.events.filter((event) => fits(event));
}

test('B43 B45 no connector: 504 at once, one line in the log of the service by the id of the answer', async () => {
  const beganAtMs = performance.now();
  const { status, activityId, problem } = await ask('page?secret=1');
  expect(performance.now() - beganAtMs).toBeLessThan(5000);
  expect([status, problem]).toMatchObject([
    504,
    { title: 'Gateway time-out', code: 'EDGE_NO_CONNECTOR', hop: 'connector', activityId },
  ]);
  const lines = await linesOf(world.service, (event) => event['activityId'] === activityId);
  expect(lines).toMatchObject([
    {
      msg: 'edge.request',
      status: 504,
      errorCode: 'EDGE_NO_CONNECTOR',
      hop: 'connector',
      errorCause: 'No connector of the group of this application is connected.',
      path: '/page',
    },
  ]);
});

test('B44 B45 a backend that breaks off: one line in the log of each process by the id of the answer, with one code, hop and cause', async () => {
  const connector = await world.connect();
  const { status, activityId, problem } = await ask('reset');
  expect([status, problem]).toMatchObject([
    502,
    { title: 'Bad gateway', code: 'BACKEND_RESET', hop: 'backend', activityId },
  ]);
  const cause = expect.stringContaining('127.0.0.1 closed the connection before its answer was complete') as string;
  expect(await linesOf(world.service, (event) => event['activityId'] === activityId)).toMatchObject([
    { msg: 'edge.request', status: 502, errorCode: 'BACKEND_RESET', hop: 'backend', errorCause: cause },
  ]);
  const traffic = (event: LogEvent): Record<string, unknown> => (event['traffic'] ?? {}) as Record<string, unknown>;
  const lines = await linesOf(connector, (event) => traffic(event)['activityId'] === activityId);
  expect(lines.map((line) => [line.msg, traffic(line)])).toMatchObject([
    ['connector.request', { outcome: 'failed', errorCode: 'BACKEND_RESET', errorHop: 'backend', errorCause: cause }],
  ]);
});
