import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SealingKeyFile } from '../../src-service/store/sealing-key-file.ts';
import { openStore } from '../../src-service/store/store.ts';
import { type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { runTool } from '../helpers/run-tool.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;
const WITHOUT_SESSION = 302;
const MAX_FILLING_CHANGES = 200;

const stack: (() => unknown)[] = [];
let provider: StartedProvider;
let dataFolder: string;
let service: StartedService;
let api: ApiClient;

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'postern-store-'));
  stack.push(() => rmSync(dataFolder, { recursive: true, force: true }));
  provider = await startProvider();
  stack.push(() => provider.close());
});

afterEach(async () => {
  for (const end of stack.splice(0).toReversed()) await end();
});

async function start(): Promise<void> {
  service = await startService({ provider, dataFolder });
  stack.push(() => service.close());
  api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
}

async function publish(name: string) {
  return api('POST', '/applications', {
    displayName: name,
    appRoleAssignmentRequired: false,
    onPremisesPublishing: { externalUrl: service.externalUrl(name), internalUrl: `http://${name}.internal/` },
  });
}

/** Somebody with a session at an application; without one the same request is sent to sign in. */
async function signIn(): Promise<() => Promise<number>> {
  expect((await publish('app')).status).toBe(201);
  const url = service.externalUrl('app');
  const browser = new SignInBrowser();
  await browser.signIn(url, provider.user('alice'));
  expect((await new SignInBrowser().get(url)).status).toBe(WITHOUT_SESSION);
  return async () => (await browser.get(url)).status;
}

async function operations(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(service.operationsUrl + path);
  return { status: response.status, text: await response.text() };
}

test('a full disk refuses changes and says so, sessions go on, and no restart is needed when there is room again', async (context) => {
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', dataFolder]);
  if (mount.status !== 0) context.skip('a small disk can only be mounted by root');
  stack.push(() => spawnSync('umount', [dataFolder]));
  await start();
  const request = await signIn();
  expect(await operations('/readyz')).toEqual({ status: 200, text: 'ready\n' });

  const filler = join(dataFolder, 'filler');
  const block = Buffer.alloc(4096);
  expect(() => {
    for (;;) appendFileSync(filler, block);
  }).toThrow('ENOSPC');
  // What is left in the log file is used up first.
  let answer = await publish('none');
  for (let count = 0; answer.status === 201 && count < MAX_FILLING_CHANGES; count += 1) {
    answer = await publish(`more${count}`);
  }
  expect(answer).toMatchObject({ status: 503, body: { error: { code: 'STORE_UNAVAILABLE' } } });
  expect(answer.body.error.message).toContain('full');
  const ready = await operations('/readyz');
  expect([ready.status, ready.text]).toEqual([200, expect.stringContaining('the store is not (full)')]);
  const { text } = await operations('/metrics');
  expect(text).toContain('postern_store_up 0');
  expect(text).toMatch(/postern_store_failures_total\{reason="full"\} [1-9]/);
  expect(await request()).toBe(LET_THROUGH);
  expect((await api('GET', '/applications')).status).toBe(200);

  rmSync(filler);
  await expect.poll(async () => (await operations('/readyz')).text).toBe('ready\n');
  expect((await publish('after')).status).toBe(201);
});

test('a database that another process holds refuses changes in time, and holds up no request', async () => {
  await start();
  const request = await signIn();
  const script = `
    const database = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
    database.exec('begin immediate');
    process.stdout.write('held');
    process.stdin.resume().once('end', () => { database.exec('rollback'); database.close(); });`;
  const holder = spawn(process.execPath, ['-e', script, join(dataFolder, 'postern.db')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  stack.push(() => holder.kill());
  await once(holder.stdout, 'data');

  const over = new AbortController();
  const refused = publish('held').finally(() => over.abort());
  let longestMs = 0;
  let requests = 0;
  while (!over.signal.aborted) {
    const startedMs = performance.now();
    expect(await request()).toBe(LET_THROUGH);
    expect((await api('GET', '/applications')).status).toBe(200);
    longestMs = Math.max(longestMs, performance.now() - startedMs);
    requests += 1;
  }
  const answer = await refused;
  expect(answer).toMatchObject({ status: 503, body: { error: { code: 'STORE_UNAVAILABLE' } } });
  expect(answer.body.error.message).toContain('locked by another process');
  // Held in SQLite, a request would have waited for as long as the change.
  expect(requests).toBeGreaterThan(10);
  expect(longestMs).toBeLessThan(3000);

  const gone = once(holder, 'exit');
  holder.stdin.end();
  await gone;
  expect((await publish('free')).status).toBe(201);
  expect((await operations('/readyz')).text).toBe('ready\n');
});

test('a damaged file and rows that belong to nothing are refused at the start, with the way out', async () => {
  await start();
  for (let count = 0; count < 40; count += 1) await publish(`app${count}`);
  await service.close();
  const file = join(dataFolder, 'postern.db');
  const whole = readFileSync(file);

  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  database.exec("insert into application_addresses values ('nowhere/', 'nobody')");
  database.close();
  const refusal = { code: 'STORE_UNAVAILABLE', message: expect.stringMatching(/damaged.*restore a backup/i) as string };
  await expect(startService({ provider, dataFolder })).rejects.toMatchObject(refusal);

  const damaged = Buffer.from(whole);
  damaged.fill(0x5a, 8 * 4096, 24 * 4096);
  writeFileSync(file, damaged);
  await expect(startService({ provider, dataFolder })).rejects.toMatchObject(refusal);

  writeFileSync(file, whole);
  await start();
  expect((await api('GET', '/applications?$top=999')).body.value).toHaveLength(40);
});

test('a backup beside a running service has all that was acknowledged before it, and is restored by putting it in place', async () => {
  await start();
  const request = await signIn();
  const environment = {
    POSTERN_PUBLIC_URL: service.url,
    POSTERN_APPLICATIONS_DOMAIN: 'postern.localhost',
    POSTERN_DATA_FOLDER: dataFolder,
    POSTERN_IDENTITY_PROVIDER_ISSUER: provider.issuer,
    POSTERN_IDENTITY_PROVIDER_CLIENT_ID: 'x',
    POSTERN_IDENTITY_PROVIDER_CLIENT_SECRET: 'x',
    POSTERN_ADMINISTRATORS_AUTHORITY: provider.authority,
    POSTERN_ADMINISTRATORS_CLIENT_ID: 'x',
    POSTERN_ADMINISTRATORS_API_AUDIENCE: 'x',
    POSTERN_ADMINISTRATORS_API_SCOPE: 'x',
    POSTERN_ADMINISTRATORS_ISSUER: provider.issuer,
  };
  const target = join(dataFolder, 'backup.db');
  const backUp = () =>
    runTool(process.execPath, ['src-service/main.ts', 'backup', '--to', target, '--json'], { environment });
  const before: string[] = [];
  for (let count = 0; count < 20; count += 1) before.push(String((await publish(`before${count}`)).body.id));
  const over = new AbortController();
  const making = backUp().finally(() => over.abort());
  let beside = 0;
  while (!over.signal.aborted) {
    expect((await publish(`beside${beside}`)).status).toBe(201);
    beside += 1;
  }
  const made = await making;
  expect(made).toMatchObject({ code: 0, stderr: expect.not.stringContaining('postern-service:') as string });
  expect(JSON.parse(made.stdout)).toMatchObject({ file: target, bytes: statSync(target).size });
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(beside).toBeGreaterThan(0);
  expect(await request()).toBe(LET_THROUGH);
  expect(await backUp()).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') as string });
  const elsewhere = {
    ...environment,
    POSTERN_STORE_KIND: 'postgres',
    POSTERN_STORE_CONNECTION_STRING: 'postgres://u@db/p',
  };
  const onPostgres = await runTool(process.execPath, ['src-service/main.ts', 'backup', '--to', 'x.db'], {
    environment: elsewhere,
  });
  expect(onPostgres).toMatchObject({ code: 1, stderr: expect.stringContaining('pg_dump') as string });
  expect(existsSync('x.db')).toBe(false);

  const sealingKey = new SealingKeyFile(join(dataFolder, 'sealing.key'), false);
  const restored = await openStore({ location: { kind: 'sqlite', file: target }, sealingKey, clock: Date.now });
  const ids = (await restored.applications.list()).map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(before));
  expect((await restored.keys.list('cookie')).length).toBeGreaterThan(0);
  const audit = await restored.audit.page({ conditions: [], orderBy: [], top: 999, after: null });
  expect(audit.items).toHaveLength(ids.length);
  await restored.close();
});
