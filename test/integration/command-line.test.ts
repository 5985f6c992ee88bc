import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ToolResult, runTool } from '../helpers/run-tool.ts';

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
