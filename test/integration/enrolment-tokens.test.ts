import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ApiAnswer, type ApiClient, makeApiClient } from '../helpers/api-client.ts';
import { makeConnectorRequest } from '../helpers/connector-request.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';
const CLI = fileURLToPath(new URL('../../src-main/connector/cli.ts', import.meta.url));

let provider: StartedProvider;
let service: StartedService;
let api: ApiClient;
let adminToken: string;
let folder: string;

beforeAll(async () => {
  provider = await startProvider();
  service = await startService({ provider });
  adminToken = await provider.automationToken();
  api = makeApiClient(service.apiBaseUrl, adminToken);
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-token-'));
  return () => rmSync(folder, { recursive: true });
});

afterAll(async () => {
  await service.close();
  await provider.close();
});

async function makeToken(body: object = {}): Promise<{ readonly id: string; readonly token: string }> {
  const answer = await api('POST', '/postern/enrolmentTokens', body);
  expect(answer.status).toBe(201);
  return answer.body;
}

async function enrol(enrolmentToken: string): Promise<ApiAnswer> {
  const { pem } = await makeConnectorRequest();
  const body = { displayName: 'Branch', machineName: 'branch', version: '1', certificateSigningRequest: pem };
  return makeApiClient(service.url, null)('POST', '/.postern/connector/enrol', { ...body, enrolmentToken });
}

async function connectorsOf(tokenId: string): Promise<{ id: string; enrolmentTokenId: string }[]> {
  const filter = encodeURIComponent(`enrolmentTokenId eq '${tokenId}'`);
  return (await api('GET', `${PROFILE}/connectors?$filter=${filter}`)).body.value;
}

/** The headless command, its output, and how it ended. */
async function command(args: readonly string[], environment: Record<string, string> = {}, input = ''): Promise<string> {
  const child = start(args, environment);
  const read = outputOf(child);
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return `${code} ${read()}`;
}

function start(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  return spawn(process.execPath, [CLI, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

function outputOf(child: ChildProcess): () => string {
  let output = '';
  child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (output += data.toString()));
  return () => output;
}

test('B61 of 20 connectors that enrol at once with a token for 3, exactly 3 get in', async () => {
  const { id, token } = await makeToken({ displayName: 'Branches', maxUses: 3 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => enrol(token)));
  const codes = answers.map(({ status, body }) => (status === 201 ? 'enrolled' : body.error.code));
  expect(codes.filter((code) => code === 'enrolled')).toHaveLength(3);
  expect(codes.filter((code) => code === 'ENROLMENT_TOKEN_USED')).toHaveLength(17);
  const { body } = await api('GET', `/postern/enrolmentTokens/${id}`);
  expect(body).toMatchObject({ displayName: 'Branches', uses: 3, maxUses: 3, status: 'used' });
  const connectors = await connectorsOf(id);
  const enrolled = answers.filter(({ status }) => status === 201).map((answer) => answer.body.connectorId);
  expect(new Set(connectors.map((connector) => connector.id))).toEqual(new Set(enrolled));
});

test('B61 a token that was taken back enrols nobody, and what it enrolled stays, with its name', async () => {
  const { id, token } = await makeToken({ maxUses: 5 });
  const first = await enrol(token);
  expect(first.status).toBe(201);
  expect((await api('DELETE', `/postern/enrolmentTokens/${id}`)).status).toBe(204);
  expect((await enrol(token)).body.error.code).toBe('ENROLMENT_TOKEN_INVALID');
  expect((await api('GET', `/postern/enrolmentTokens/${id}`)).status).toBe(404);
  expect(await connectorsOf(id)).toMatchObject([{ id: first.body.connectorId, enrolmentTokenId: id }]);
});

test('B61 a token that has expired enrols nobody', async () => {
  const { id, token } = await makeToken({ expiresInSeconds: 1 });
  await expect.poll(async () => (await api('GET', `/postern/enrolmentTokens/${id}`)).body.status).toBe('expired');
  expect((await enrol(token)).body.error.code).toBe('ENROLMENT_TOKEN_EXPIRED');
});

test('B61 the token is told once, and the files of the service hold its hash alone', async () => {
  const { token } = await makeToken();
  const lists = await Promise.all(['/postern/enrolmentTokens', '/postern/audit'].map((list) => api('GET', list)));
  for (const { body } of lists) expect(JSON.stringify(body)).not.toContain(token.slice(4));
  const files = filesIn(service.dataFolder);
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) expect([file, readFileSync(file).includes(token.slice(4))]).toEqual([file, false]);
});

test('B61 a token comes by a file, by standard input or by the environment, and never stays with the connector', async () => {
  const { id, token } = await makeToken({ displayName: 'Command', maxUses: 4 });
  const tokenFile = path.join(folder, 'token');
  writeFileSync(tokenFile, `${token}\n`);
  const at = (name: string): string[] => ['--service', service.url, '--data', path.join(folder, 'data', name)];
  const config = path.join(folder, 'connector.yaml');
  writeFileSync(config, `serviceUrl: ${service.url}\ndataFolder: data/d\nenrolmentTokenFile: token\n`);
  const outputs = [
    await command(['enrol', ...at('a'), '--token-file', tokenFile]),
    await command(['enrol', ...at('b'), '--token-file', '-'], {}, token),
    await command(['enrol', ...at('c')], { POSTERN_ENROLMENT_TOKEN: token }),
    await command(['enrol', '--config', config]),
  ];
  for (const output of outputs) {
    expect(output).toMatch(/^0 Enrolled with .*\nThe private key is in .*connector-identity\.json.*No key store/);
    expect(output).not.toContain(token);
  }
  expect(await connectorsOf(id)).toHaveLength(4);

  const kept = filesIn(path.join(folder, 'data'));
  expect(kept).toHaveLength(4);
  for (const file of kept) {
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('BEGIN PRIVATE KEY');
    expect(text).not.toContain(token);
    // Neither a JWT of anybody's, nor anything that an administrator typed or was given.
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
    expect(text).not.toMatch(/bearer|refresh|accessToken|enrolmentToken/i);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  }
});

test('B61 a token file that is missing, empty or not alone is named', async () => {
  const enrolWith = (file: string, environment = {}) =>
    command(['enrol', '--service', service.url, '--data', folder, '--token-file', file], environment);
  expect(await enrolWith(path.join(folder, 'none'))).toMatch(/^1 enrolmentTokenFile: .*none can't be read/);
  const both = path.join(folder, 'both');
  writeFileSync(both, 'one two');
  expect(await enrolWith(both)).toMatch(/^1 enrolmentTokenFile: .*must hold the token and nothing else/);
  expect(await enrolWith(both, { POSTERN_ENROLMENT_TOKEN: 'x' })).toMatch(/^1 enrolmentTokenFile: .*Leave one/);
});

test('B61 a token that was typed on the command line does not stay in the list of processes', async (context) => {
  if (!existsSync('/proc/self/cmdline')) return context.skip('no /proc here');
  const { token } = await makeToken();
  const child = start(['run', '--service', service.url, '--data', path.join(folder, 'data'), '--token', token]);
  const read = outputOf(child);
  try {
    await expect.poll(read).toContain('connector.ready');
    const commandLine = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
    expect(commandLine).toContain('postern-connector');
    expect(commandLine).not.toContain(token);
    expect(read()).not.toContain(token);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
});

test("B61 an administrator's token enrols, and is named in the audit", async () => {
  const { pem } = await makeConnectorRequest();
  const body = { displayName: 'Own', machineName: 'own', version: '1', certificateSigningRequest: pem };
  const answer = await makeApiClient(service.url, adminToken)('POST', '/.postern/connector/enrol', body);
  expect(answer.status).toBe(201);
  const filter = encodeURIComponent(`targetId eq '${answer.body.connectorId}'`);
  const { body: audit } = await api('GET', `/postern/audit?$filter=${filter}`);
  expect(audit.value).toMatchObject([
    { activityDisplayName: 'connector.enrol', initiatedBy: { kind: 'application' }, after: { enrolmentTokenId: null } },
  ]);
});

function filesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
