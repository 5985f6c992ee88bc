import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { startConnectProxy } from '../helpers/start-connect-proxy.ts';
import { socketsOf } from '../helpers/sockets-of.ts';
import { type ConnectorSide, startConnectorSide } from '../helpers/start-connector-side.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { rememberSecret } from '../helpers/test-log.ts';

const CLI = fileURLToPath(new URL('../../src-main/connector/cli.ts', import.meta.url));

let origin: Origin;
let side: ConnectorSide;
let folder: string;
const commands: Command[] = [];

beforeEach(async () => {
  origin = await startOrigin();
  side = await startConnectorSide();
  side.publish([makeApplication({ internalUrl: `${origin.url}/` })]);
  folder = await mkdtemp(path.join(tmpdir(), 'postern-command-'));
});

afterEach(async () => {
  for (const command of commands.splice(0)) await command.kill();
  await side.stop();
  await origin.close();
  await rm(folder, { recursive: true });
});

/** The headless command as a user starts it. */
class Command {
  output = '';
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(process.execPath, [CLI, ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout?.on('data', (data: Buffer) => (this.output += data.toString()));
    this.#process.stderr?.on('data', (data: Buffer) => (this.output += data.toString()));
    this.#closed = once(this.#process, 'close');
    commands.push(this);
  }

  /** The code it ended with. */
  async exitCode(): Promise<number | null> {
    await this.#closed;
    return this.#process.exitCode;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Reads what it says, or leaves it in the pipe. */
  listen(isListening: boolean): void {
    if (isListening) this.#process.stdout?.resume();
    else this.#process.stdout?.pause();
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#closed;
  }

  async saying(text: string): Promise<void> {
    await vi.waitUntil(() => this.output.includes(text), { timeout: 10_000 });
  }
}

test('B71 the first start enrols, the next finds its identity, and SIGTERM ends it well', async () => {
  const config = path.join(folder, 'connector.yaml');
  await writeFile(config, `serviceUrl: ${side.url}\ndataFolder: data\ndisplayName: Cellar\ntunnels: 1\n`);
  const first = new Command(['run', '--config', config], { POSTERN_ENROLMENT_TOKEN: 'one-time' });
  await first.saying('connector.ready');
  expect(side.enrolments).toMatchObject([{ displayName: 'Cellar', enrolmentToken: 'one-time' }]);
  expect((await fetch(`${side.url}/echo?token=abc`)).status).toBe(200);
  await first.saying('connector.request');
  expect(first.output).toContain('token=[secret]');
  expect(first.output).not.toContain('abc');
  first.signal('SIGTERM');
  expect(await first.exitCode()).toBe(0);

  const second = new Command(['run', '--config', config]);
  await second.saying('connector.ready');
  expect(side.enrolments).toHaveLength(1);

  const status = new Command(['status', '--config', config, '--json']);
  expect(await status.exitCode()).toBe(0);
  expect(JSON.parse(status.output)).toMatchObject({ connectorId: 'connector-1', serviceName: 'Test service' });

  side.relay.disconnect('connector-1', 'TUNNEL_REVOKED');
  expect(await second.exitCode()).toBe(1);
  expect(second.output).toContain('Enrol this connector again');
});

test('B72 its log is whole though its reader lags behind when it ends', async () => {
  const command = new Command(['run', '--service', side.url, '--data', folder], {
    POSTERN_ENROLMENT_TOKEN: 'one-time',
  });
  await command.saying('connector.ready');
  command.listen(false);
  // More than a pipe and whoever reads it hold.
  const pages = Array.from({ length: 400 }, (_, index) => `page=${index}&text=${'x'.repeat(1500)}`);
  for (let at = 0; at < pages.length; at += 20) {
    const asked = pages.slice(at, at + 20).map((page) => fetch(`${side.url}/echo?${page}`));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
  }
  command.signal('SIGTERM');
  await vi.waitUntil(() => !side.relay.hasConnector('group'), { timeout: 10_000 });
  command.listen(true);
  expect(await command.exitCode()).toBe(0);
  const lines = command.output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string; traffic?: { url: string } });
  const urls = lines.flatMap(({ traffic }) => (traffic === undefined ? [] : [traffic.url]));
  expect(urls.toSorted()).toEqual(pages.map((page) => `${origin.url}/echo?${page}`).toSorted());
  expect(lines.at(-1)?.msg).toBe('connector.stopped');
});

test('B60 it listens nowhere, and goes out to the service and to the backends alone', async (context) => {
  const command = new Command(['run', '--service', side.url, '--data', folder], {
    POSTERN_ENROLMENT_TOKEN: 'one-time',
  });
  await command.saying('connector.ready');
  expect((await fetch(`${side.url}/echo`)).status).toBe(200);
  const sockets = socketsOf(command.pid);
  if (sockets === null) return context.skip('no /proc here');
  expect(sockets.filter(({ isListening }) => isListening)).toEqual([]);
  const ports = new Set(sockets.map(({ remotePort }) => remotePort));
  expect(ports).toEqual(new Set([Number(new URL(side.url).port), origin.port]));
});

test('B69 the settings name a proxy and the file of its password: nothing is dialled past it', async (context) => {
  const credentials = { userName: 'postern', password: 'pass-of-the-headless-proxy' };
  rememberSecret('password of the proxy', credentials.password);
  const proxy = await startConnectProxy({ credentials });
  try {
    const config = path.join(folder, 'connector.yaml');
    await writeFile(path.join(folder, 'password.txt'), `${credentials.password}\n`);
    const way = `proxy: ${proxy.url}\nproxyUserName: postern\nproxyPasswordFile: password.txt\n`;
    await writeFile(config, `serviceUrl: ${side.url}\ndataFolder: data\ntunnels: 1\n${way}`);
    const command = new Command(['run', '--config', config], { POSTERN_ENROLMENT_TOKEN: 'one-time' });
    await command.saying('connector.ready');
    expect((await fetch(`${side.url}/echo`)).status).toBe(200);
    expect(new Set(proxy.asked)).toEqual(new Set([new URL(side.url).host]));
    expect(command.output).not.toContain(credentials.password);
    const sockets = socketsOf(command.pid);
    if (sockets === null) return context.skip('no /proc here');
    const ports = new Set(sockets.map(({ remotePort }) => remotePort));
    expect(ports).toEqual(new Set([proxy.port, origin.port]));
    command.signal('SIGTERM');
    await command.exitCode();

    const variable = new Command(['status', '--config', config], { POSTERN_PROXY: 'environment' });
    expect(await variable.exitCode()).toBe(0);
    const refused = new Command(['status', '--config', config], {
      POSTERN_PROXY: 'environment',
      HTTP_PROXY: proxy.url.replace('//', '//postern:wrong@'),
    });
    expect(await refused.exitCode()).toBe(1);
    expect(refused.output).toContain('does not accept the user name or the password');
    const inSettings = new Command(['status', '--config', config], { POSTERN_PROXY: 'http://me:secret@127.0.0.1:1' });
    expect(await inSettings.exitCode()).toBe(1);
    expect(inSettings.output).toContain('must name no user and no password');
  } finally {
    await proxy.close();
  }
});

test('B70 the allow-list of the settings is in force, and one that can not be read names the key', async () => {
  const config = path.join(folder, 'connector.yaml');
  const settings = `serviceUrl: ${side.url}\ndataFolder: data\ntunnels: 1\nallowList:\n  - hosts: [other.corp]\n    ports: [`;
  await writeFile(config, `${settings}443, 8000-8099]\n`);
  const command = new Command(['run', '--config', config], { POSTERN_ENROLMENT_TOKEN: 'one-time' });
  await command.saying('connector.ready');
  expect((await fetch(`${side.url}/echo`)).headers.get('x-code')).toBe('BACKEND_FORBIDDEN');
  await command.saying('"errorCode":"BACKEND_FORBIDDEN"');
  expect(origin.requests).toHaveLength(0);
  command.signal('SIGTERM');
  await command.exitCode();

  await writeFile(config, `${settings}eighty]\n`);
  const bad = new Command(['run', '--config', config]);
  expect(await bad.exitCode()).toBe(1);
  expect(bad.output).toContain('allowList[0].ports[0]');
});

describe('bad input ends with a code, one message and the next step', () => {
  test.each([
    ['http://no-such-host.invalid', 'Check the spelling of the address'],
    ['nonsense://x', 'Give the address as your administrator gave it'],
  ])('the address %s', async (address, nextStep) => {
    const command = new Command(['enrol', '--service', address, '--token', 't', '--data', folder]);
    expect(await command.exitCode()).toBe(1);
    expect(command.output).toContain(nextStep);
    expect(command.output).not.toContain('    at ');
  });

  test('an expired token', async () => {
    side.enrolmentFailure = { code: 'ENROLMENT_TOKEN_EXPIRED', status: 401, message: 'The token expired at noon.' };
    const command = new Command(['run', '--service', side.url, '--token', 't', '--data', folder]);
    expect(await command.exitCode()).toBe(1);
    expect(command.output).toBe(
      'The token expired at noon.\nAsk an administrator for a new enrolment token and enrol again. [ENROLMENT_TOKEN_EXPIRED]\n',
    );
  });

  test('no token and no identity', async () => {
    const command = new Command(['run', '--service', side.url, '--data', folder]);
    expect(await command.exitCode()).toBe(1);
    expect(command.output).toContain('enrolmentToken is missing');
  });

  test('an unknown key in the settings', async () => {
    const config = path.join(folder, 'connector.yaml');
    await writeFile(config, 'servceUrl: http://x\n');
    const command = new Command(['run', '--config', config]);
    expect(await command.exitCode()).toBe(1);
    expect(command.output).toContain('servceUrl');
  });
});
