import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeApiClient } from '../helpers/api-client.ts';
import { type ToolResult, runTool } from '../helpers/run-tool.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { startProvider } from '../helpers/start-provider.ts';
import { startService } from '../helpers/start-service.ts';

const SERVICE = 'src-service/main.ts';
const CONNECTOR = 'src-main/connector/cli.ts';

const stack: (() => unknown)[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-command-'));
  stack.push(() => rmSync(folder, { recursive: true }));
});

afterEach(async () => {
  for (const end of stack.splice(0).toReversed()) await end();
});

function run(program: string, ...args: string[]): Promise<ToolResult> {
  return runTool(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args]);
}

test.each([
  [SERVICE, ['confg'], 'Did you mean config?'],
  [SERVICE, ['config', 'exprt'], 'Did you mean export?'],
  [SERVICE, ['status', '--jsn'], 'Did you mean --json?'],
  [CONNECTOR, ['stats'], 'Did you mean status?'],
])('%s %s is refused with the nearest name', async (program, args, hint) => {
  const { code, stderr } = await run(program, ...args);
  expect(code).toBe(1);
  expect(stderr).toContain(hint);
});

test('a wrong key of the settings of a connector is named with the nearest right one, and $schema is none', async () => {
  const settings = join(folder, 'connector.yaml');
  writeFileSync(settings, '$schema: ./x.json\nserviceURL: https://postern.example.com\n');
  const { code, stderr } = await run(CONNECTOR, 'status', '--config', settings, '--json');
  expect(code).toBe(1);
  const { message } = JSON.parse(stderr).error;
  expect(message).toContain('serviceURL: there is no such key. Did you mean serviceUrl?');
  expect(message).not.toContain('$schema');
});

test.each([
  [SERVICE, 'postern-service', 'con', ['config']],
  [SERVICE, 'postern-service', 'config ', ['export', 'plan', 'apply', 'import-entra', 'schema']],
  [SERVICE, 'postern-service', '--config a.yaml config export --for', ['--format', '--force']],
  [SERVICE, 'postern-service', 'config export --format ', ['yaml', 'json']],
  [SERVICE, 'postern-service', 'completion ', ['bash', 'zsh', 'fish']],
  [CONNECTOR, 'postern-connector', 'st', ['status']],
  [CONNECTOR, 'postern-connector', 'status --js', ['--json']],
])('bash completes %s: %s %s', async (program, name, line, expected) => {
  const { stdout: script, code } = await run(program, 'completion', 'bash');
  expect(code).toBe(0);
  const words = [name, ...line.split(' ')];
  const file = join(folder, 'completion.bash');
  writeFileSync(file, script);
  const shell = `
set -u
source '${file}'
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_${name.replaceAll('-', '_')}
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await runTool('bash', ['--norc', '-c', shell]);
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual(expected);
});

test('the completion for bash is registered for the program', async () => {
  const { stdout: script } = await run(SERVICE, 'completion', 'bash');
  const { stdout } = await runTool('bash', ['--norc', '-c', `${script}\ncomplete -p postern-service`]);
  expect(stdout).toContain('_postern_service postern-service');
});

test('a configuration is exported, changed and applied beside a running service, which takes the change at once', async () => {
  const provider = await startProvider();
  stack.push(() => provider.close());
  // On SQLite whatever the suite runs on: the file tells nobody of a change. store-nodes.test.ts has PostgreSQL.
  const store = { kind: 'sqlite' } as const;
  const service = await startService({ provider, configuration: { store } });
  stack.push(() => service.close());
  const api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
  const externalUrl = service.externalUrl('wiki');
  const publishing = { externalUrl, internalUrl: 'http://wiki.internal/', isOnPremPublishingEnabled: true };
  const body = { displayName: 'Wiki', appRoleAssignmentRequired: false, onPremisesPublishing: publishing };
  expect((await api('POST', '/applications', body)).status).toBe(201);

  const settings = join(folder, 'service.json');
  const { issuer, authority } = provider;
  const configuration = {
    $schema: './postern-service.schema.json',
    publicUrl: service.url,
    applicationsDomain: 'postern.localhost',
    dataFolder: service.dataFolder,
    store,
    identityProvider: { issuer, clientId: 'x', clientSecret: 'x' },
    administrators: { issuer, authority, clientId: 'x', apiAudience: 'x', apiScope: 'x' },
  };
  writeFileSync(settings, JSON.stringify(configuration));
  const config = (...args: string[]): Promise<ToolResult> => run(SERVICE, '--config', settings, 'config', ...args);
  const file = join(folder, 'tenant.yaml');
  expect(await config('export', file, '--json')).toMatchObject({ code: 0 });
  expect(await config('plan', file)).toMatchObject({ code: 0, stdout: 'Nothing would change.\n' });

  const text = readFileSync(file, 'utf8');
  const changed = text.replace('internalUrl: http://wiki.internal/', '$&\n      isOnPremPublishingEnabled: false');
  writeFileSync(file, changed);
  const plan = await config('plan', file, '--json');
  expect(plan.code).toBe(2);
  const { state, changes } = JSON.parse(plan.stdout);
  expect(changes).toMatchObject([
    { fields: [{ path: 'onPremisesPublishing.isOnPremPublishingEnabled', before: true, after: false }] },
  ]);
  expect(await config('apply', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') as string });
  expect(await config('apply', file, '--yes', '--expect', 'another')).toMatchObject({ code: 3 });
  expect(await config('apply', file, '--yes', '--expect', state)).toMatchObject({ code: 0 });
  await expect.poll(async () => (await new SignInBrowser().get(externalUrl)).status, { timeout: 5000 }).toBe(503);
  const audit = await api('GET', '/postern/audit');
  expect(JSON.stringify(audit.body)).toContain('command-line');

  const status = await run(SERVICE, '--config', settings, 'status', '--operations', service.operationsUrl, '--json');
  expect(status.code).toBe(2);
  expect(JSON.parse(status.stdout)).toMatchObject({
    state: 'critical',
    problems: [
      { severity: 'critical', message: expect.stringContaining('No connector of the group "Default"') as string },
    ],
    readiness: 'ready',
    isStoreUp: true,
    connectorGroups: [{ name: 'Default', connectors: 0, online: 0, applications: 1 }],
  });
  const gone = await run(SERVICE, '--config', settings, 'status', '--operations', 'http://127.0.0.1:9');
  expect(gone).toMatchObject({ code: 2, stdout: expect.stringContaining('does not answer') as string });
  writeFileSync(file, 'version: 1\napplications: [{ displayNam: x }]\n');
  const refused = await config('plan', file, '--json');
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stderr).error.problems[0]).toMatchObject({ line: 2, path: expect.any(String) as string });
}, 300_000);
