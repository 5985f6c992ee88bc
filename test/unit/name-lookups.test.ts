import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { describeBackendError } from '../../src-main/connector/backend-errors.ts';
import { BackendDialer } from '../../src-main/connector/backend-dialer.ts';
import { lookupWith } from '../../src-main/connector/loopback-lookup.ts';
import { BackendGuard } from '../../src-main/connector/policy/backend-guard.ts';
import {
  type FoundAddress,
  lookupThreads,
  NAME_LOOKUP_LIMITS,
  NameLookups,
} from '../../src-shared/addresses/name-lookups.ts';

const { deadlineMs, freshMs, staleMs, patienceMs, maxUnderWay, maxNames } = NAME_LOOKUP_LIMITS;
const FOUND: readonly FoundAddress[] = [{ address: '192.0.2.1', family: 4 }];

/** A system whose answers come when the test has them come, and a clock that it moves. */
class FakeSystem {
  readonly asked: string[] = [];
  readonly #answers = new Map<string, PromiseWithResolvers<readonly FoundAddress[]>>();
  readonly #tasks = new Set<{ dueMs: number; task: () => void }>();
  nowMs = 0;

  readonly names: NameLookups;

  constructor(threads: number = maxUnderWay) {
    this.names = new NameLookups({ ...this.#context, threads });
  }

  readonly #context = {
    resolve: async (hostname: string) => {
      this.asked.push(hostname);
      const answer = Promise.withResolvers<readonly FoundAddress[]>();
      this.#answers.set(hostname, answer);
      return answer.promise;
    },
    now: () => this.nowMs,
    after: (delayMs: number, task: () => void) => {
      const entry = { dueMs: this.nowMs + delayMs, task };
      this.#tasks.add(entry);
      return () => void this.#tasks.delete(entry);
    },
  };

  get timers(): number {
    return this.#tasks.size;
  }

  async answer(hostname: string, outcome: readonly FoundAddress[] | Error): Promise<void> {
    const answer = this.#answers.get(hostname);
    if (outcome instanceof Error) answer?.reject(outcome);
    else answer?.resolve(outcome);
    await settled();
  }

  pass(ms: number): void {
    this.nowMs += ms;
    for (const entry of this.#tasks) {
      if (entry.dueMs > this.nowMs) continue;
      this.#tasks.delete(entry);
      entry.task();
    }
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

async function settled(): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
}

async function outcomeOf(finding: Promise<readonly FoundAddress[]>): Promise<unknown> {
  return finding.catch((error: NodeJS.ErrnoException) => error.code);
}

test('a name that many want is asked for once', async () => {
  const system = new FakeSystem();
  const all = Array.from({ length: 1000 }, async () => system.names.find('a.example'));
  expect(system.asked).toEqual(['a.example']);
  await system.answer('a.example', FOUND);
  expect(new Set(await Promise.all(all))).toEqual(new Set([FOUND]));
  expect(system.timers).toBe(0);
});

test('a system that never answers is not asked again for the same, and nobody waits for longer than the deadline', async () => {
  const system = new FakeSystem();
  const first = outcomeOf(system.names.find('a.example'));
  system.pass(deadlineMs);
  expect(await first).toBe('EAI_AGAIN');
  expect(await outcomeOf(system.names.find('a.example'))).toBe('EAI_AGAIN');
  expect(system.asked).toEqual(['a.example']);
  // It gives up at last: whoever comes now asks anew.
  await system.answer('a.example', failure('EAI_AGAIN'));
  const next = system.names.find('a.example');
  await system.answer('a.example', FOUND);
  expect(await next).toBe(FOUND);
  expect(system.asked.length).toBe(2);
});

test('names that never get an answer leave a thread to living ones once they are known for it', async () => {
  const system = new FakeSystem(2);
  const dead = ['dead-1.example', 'dead-2.example', 'dead-3.example'];
  const find = async (hostname: string): Promise<unknown> => outcomeOf(system.names.find(hostname));
  // Nobody knows of the first two yet; the third is not asked for in its time.
  const first = dead.map(find);
  system.pass(deadlineMs);
  expect(await Promise.all(first)).toEqual(dead.map(() => 'EAI_AGAIN'));
  for (const hostname of dead) await system.answer(hostname, failure('EAI_AGAIN'));
  expect(system.asked).toEqual(dead.slice(0, 2));
  const again = dead.slice(0, 2).map(find);
  const living = find('living.example');
  expect(system.asked.slice(2)).toEqual(['dead-1.example', 'living.example']);
  await system.answer('living.example', FOUND);
  expect(await living).toBe(FOUND);
  // The second one still waits, and has its turn behind the first.
  expect(system.asked.length).toBe(4);
  await system.answer('dead-1.example', failure('EAI_AGAIN'));
  expect(system.asked.at(-1)).toBe('dead-2.example');
  await system.answer('dead-2.example', FOUND);
  expect(await Promise.all(again)).toEqual(['EAI_AGAIN', FOUND]);
  // It is alive again, and has a thread beside a dead one.
  system.pass(freshMs);
  void find('dead-1.example');
  void find('dead-2.example');
  expect(system.asked.slice(5)).toEqual(['dead-1.example', 'dead-2.example']);
});

test('a name that was known waited for the whole deadline where names that nobody knew of held every thread', async () => {
  const system = new FakeSystem(2);
  const first = system.names.find('living.example');
  await system.answer('living.example', FOUND);
  await first;
  system.pass(freshMs);
  const dead = ['dead-1.example', 'dead-2.example'].map(async (name) => outcomeOf(system.names.find(name)));
  let answered: unknown = null;
  void system.names.find('living.example').then((found) => (answered = found));
  system.pass(patienceMs - 1);
  await settled();
  expect(answered).toBeNull();
  system.pass(1);
  await settled();
  expect(answered).toBe(FOUND);
  // It is asked for all the same, and the newer answer counts once there is one.
  await system.answer('dead-1.example', failure('EAI_AGAIN'));
  const newer = [{ address: '192.0.2.2', family: 4 }];
  await system.answer('living.example', newer);
  expect(await system.names.find('living.example')).toBe(newer);
  system.pass(deadlineMs);
  expect(await Promise.all(dead)).toEqual(['EAI_AGAIN', 'EAI_AGAIN']);
  expect(system.timers).toBe(0);
});

test('names that wait for a thread are asked for in turn, and not where nobody waits any more', async () => {
  const system = new FakeSystem(1);
  const outcomes = ['a.example', 'b.example', 'c.example'].map(async (name) => outcomeOf(system.names.find(name)));
  expect(system.asked).toEqual(['a.example']);
  await system.answer('a.example', FOUND);
  expect(system.asked).toEqual(['a.example', 'b.example']);
  system.pass(deadlineMs);
  expect(await Promise.all(outcomes)).toEqual([FOUND, 'EAI_AGAIN', 'EAI_AGAIN']);
  await system.answer('b.example', FOUND);
  expect(system.asked).toEqual(['a.example', 'b.example']);
  expect(system.timers).toBe(0);
});

test.each([
  [undefined, 2],
  ['1', 1],
  ['9', 5],
  ['x', 2],
])('of the threads of libuv (%s) half look names up', (poolSize, threads) => {
  expect(lookupThreads(poolSize)).toBe(threads);
});

test('an answer holds for a short time, and for longer where the system has none', async () => {
  const system = new FakeSystem();
  const first = system.names.find('a.example');
  await system.answer('a.example', FOUND);
  await first;
  system.pass(freshMs - 1);
  expect(await system.names.find('a.example')).toBe(FOUND);
  expect(system.asked.length).toBe(1);
  system.pass(1);
  const stale = system.names.find('a.example');
  system.pass(deadlineMs);
  expect(await stale).toBe(FOUND);
  system.pass(staleMs);
  expect(await outcomeOf(system.names.find('a.example'))).toBe('EAI_AGAIN');
});

test('a name that is told to be gone is gone', async () => {
  const system = new FakeSystem();
  const first = system.names.find('a.example');
  await system.answer('a.example', FOUND);
  await first;
  system.pass(freshMs);
  const second = outcomeOf(system.names.find('a.example'));
  await system.answer('a.example', failure('ENOTFOUND'));
  expect(await second).toBe('ENOTFOUND');
  const third = outcomeOf(system.names.find('a.example'));
  await system.answer('a.example', failure('EAI_AGAIN'));
  expect(await third).toBe('EAI_AGAIN');
});

test('names that nobody answers for are bounded, and so are those that are known', async () => {
  const system = new FakeSystem();
  const known = system.names.find('known.example');
  await system.answer('known.example', FOUND);
  await known;
  const hanging = Array.from({ length: maxUnderWay }, async (_, index) =>
    outcomeOf(system.names.find(`${index}.example`)),
  );
  expect(await outcomeOf(system.names.find('one-more.example'))).toBe('EAI_AGAIN');
  system.pass(freshMs);
  expect(await system.names.find('known.example')).toBe(FOUND);
  expect(await Promise.all(hanging)).toEqual(hanging.map(() => 'EAI_AGAIN'));
  for (let index = 0; index < maxUnderWay; index += 1) await system.answer(`${index}.example`, FOUND);
  for (let index = 0; index < maxNames; index += 1) {
    const found = system.names.find(`n${index}.example`);
    await system.answer(`n${index}.example`, FOUND);
    await found;
  }
  const { length } = system.asked;
  void outcomeOf(system.names.find('0.example'));
  expect(system.asked.length).toBe(length + 1);
});

test('a backend whose name is not answered for fails by its name, within the time for that', async () => {
  const names = new NameLookups({
    resolve: async () => new Promise(() => undefined),
    threads: 2,
    now: () => 0,
    after: (delayMs, task) => {
      expect(delayMs).toBe(deadlineMs);
      setImmediate(task);
      return () => undefined;
    },
  });
  const guard = new BackendGuard([], Date.now, async (hostname) => names.find(hostname));
  const place = { hostname: 'backend.example', port: 80 };
  const connect = new BackendDialer(guard, null).connectorFor(place, { timeout: 60_000 });
  const { promise, resolve } = Promise.withResolvers<unknown>();
  connect({ ...place, port: '80', protocol: 'http:' }, (...[error]) => resolve(error));
  expect(describeBackendError(await promise, { ...place, isSecure: false, isSent: false })).toEqual({
    code: 'BACKEND_UNRESOLVED',
    cause: 'The name server of this machine gave no answer for backend.example (none came within 5 s).',
  });
});

test('an address of the family that is wanted is connected to', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const find = async (): Promise<FoundAddress[]> => [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ];
  const lookup = lookupWith(find);
  const guard = new BackendGuard([], Date.now, find);
  const socket = await new BackendDialer(guard, null).open({ hostname: 'backend.example', port }, null, 5000);
  expect(socket.remoteAddress).toBe('127.0.0.1');
  socket.destroy();
  for (const [family, expected] of [
    [4, '127.0.0.1'],
    [6, '::1'],
  ] as const) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    lookup('backend.example', { family }, (_error, address) => resolve(address));
    expect(await promise).toBe(expected);
  }
  server.close();
});
