import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { makeCookieClient } from '../helpers/cookie-client.ts';
import { runTool } from '../helpers/run-tool.ts';
import { fetchToken, startTrial } from '../helpers/start-trial.ts';
import type { StartedTrial } from '../helpers/start-trial.ts';

const START_TIMEOUT_MS = 90_000;

/** Whether a process is there. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** curl, which resolves `*.localhost` by itself. */
function curl(...args: readonly string[]) {
  return runTool('curl', ['--silent', '--show-error', '--max-time', '20', ...args]);
}

describe('npm start -- --headless --json', () => {
  const stateFolder = mkdtempSync(path.join(tmpdir(), 'postern-trial-'));
  const origin = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(`own origin: ${request.method} ${request.url} for ${request.headers.host}`);
  });
  let trial: StartedTrial;

  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      origin.listen(0, '127.0.0.1', resolve);
    });
    trial = await startTrial({ stateFolder });
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await trial.stop();
    origin.closeAllConnections();
    origin.close();
    rmSync(stateFolder, { recursive: true, force: true });
  }, START_TIMEOUT_MS);

  test('prints one line on standard output, with the three users and living processes', () => {
    expect(trial.lines).toHaveLength(1);
    expect(trial.ready.users.map(({ name }) => name)).toEqual(['alice', 'bob', 'admin']);
    expect(Object.keys(trial.ready.pids).toSorted()).toEqual([
      'connector',
      'identityProvider',
      'intranet',
      'service',
      'trial',
    ]);
    expect(Object.values(trial.ready.pids).every((pid) => isAlive(pid))).toBe(true);
    expect(trial.ready.ca).toBeNull();
  });

  test('lets a script publish an application of its own with the printed values and reach it with curl', async () => {
    const { port } = origin.address() as AddressInfo;
    const { externalUrl } = await trial.publish('own', `http://127.0.0.1:${port}/`);
    const { stdout, code } = await curl(`${externalUrl}a/path?q=1`);
    expect(code).toBe(0);
    expect(stdout).toBe(`own origin: GET /a/path?q=1 for 127.0.0.1:${port}`);
  });

  test('B11 B17 shows the intranet to alice after she signed in, and turns bob away', async () => {
    const enter = async (name: string): Promise<{ status: string; body: string }> => {
      const jar = path.join(stateFolder, `${name}.cookies`);
      const browse = (...args: readonly string[]) =>
        curl('--location', '--cookie', jar, '--cookie-jar', jar, '-H', 'accept: text/html', ...args);
      // The first page is for browsers, which keep the fragment there; a link does the same without script.
      const start = await browse(trial.ready.externalUrl);
      const link = /<a data-continue[^>]* href="([^"]+)"/.exec(start.stdout)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const where = await browse('--output', '/dev/null', '--write-out', '%{url_effective}', link);
      const fields = ['username', name, 'password', trial.password(name), 'action', 'signin'];
      const form = [0, 2, 4].flatMap((at) => ['--data-urlencode', `${fields[at]}=${fields[at + 1]}`]);
      const page = await browse(...form, '--write-out', '\n%{http_code}', where.stdout);
      const end = page.stdout.lastIndexOf('\n');
      return { status: page.stdout.slice(end + 1), body: page.stdout.slice(0, end) };
    };
    const alice = await enter('alice');
    expect(alice.status).toBe('200');
    expect(alice.body).toContain('Contoso intranet');
    const bob = await enter('bob');
    expect(bob.status).toBe('403');
    expect(bob.body).not.toContain('Dora Duarte');
  });

  test('serves the portal and names itself', async () => {
    const browser = makeCookieClient();
    const description = await browser.get(`${trial.ready.serviceUrl}/.well-known/postern`);
    expect(await description.json()).toMatchObject({ service: 'postern', apiBaseUrl: trial.ready.adminApi.baseUrl });
  });

  test(
    'stops all of it on SIGINT with exit code 0, and a second start finds its applications and its connector again',
    async () => {
      const list = async () => {
        const headers = { authorization: `Bearer ${await fetchToken(trial.ready)}` };
        const ask = async (resource: string) => {
          const answer = await fetch(`${trial.ready.adminApi.baseUrl}${resource}`, { headers });
          const { value } = (await answer.json()) as { value: Array<{ id: string }> };
          return value.map(({ id }) => id).toSorted();
        };
        return {
          applications: await ask('/applications'),
          connectors: await ask('/onPremisesPublishingProfiles/applicationProxy/connectors'),
        };
      };
      const before = await list();
      const first = trial.ready;
      expect(await trial.stop()).toBe(0);
      expect(Object.values(first.pids).filter((pid) => isAlive(pid))).toEqual([]);
      trial = await startTrial({ stateFolder });
      expect(trial.ready.externalUrl).toBe(first.externalUrl);
      expect(trial.ready.users).toEqual(first.users);
      expect(await list()).toEqual(before);
      expect(before.connectors).toHaveLength(1);
    },
    START_TIMEOUT_MS,
  );

  test('says which remembered port is taken and the ways out, and ends with code 1', async () => {
    const { port } = new URL(trial.ready.serviceUrl);
    await expect(startTrial({ stateFolder })).rejects.toThrow(
      new RegExp(`code 1[^]*Port ${port} of the service[^]*--port[^]*--reset`),
    );
  });

  test('tells about a child that died, stops the rest, and ends with code 1', async () => {
    process.kill(trial.ready.pids['intranet'] ?? 0, 'SIGKILL');
    // The code comes from the outermost process, which ends a moment after the trial itself.
    expect(await trial.ended).toBe(1);
    expect(Object.values(trial.ready.pids).filter((pid) => isAlive(pid))).toEqual([]);
  }, 30_000);
});
