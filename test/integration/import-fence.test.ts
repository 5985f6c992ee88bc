import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/**
 * The fence between the rooms, tried out: a temporary tree with the project's own configuration and one small module
 * per room must pass, and each forbidden import written into it must be reported by the checker that guards it.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');

const CONFIGURATION = ['.oxlintrc.json', 'tsconfig.base.json', 'tsconfig.json', 'tsconfig.tools.json', 'package.json'];
const PROJECTS = ['src-shared', 'src-service', 'src-main', 'src-main/connector', 'src-main/preload', 'src-renderer'];
const OUTER_PROJECTS = ['scripts', 'trial', 'bench', 'test', 'test/e2e'];

/** Modules that each room may well have, importing what they are allowed to. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src-shared/errors/code.ts': `export const code = 'X';`,
  'src-shared/wire/frame.ts': `import { code } from '../errors/code.ts';\nexport const frame = code;`,
  'src-shared/mux/stream.ts': `import { frame } from '../wire/frame.ts';\nexport const stream = frame;`,
  'src-service/store/store.ts': `import { DatabaseSync } from 'node:sqlite';\nexport const database = DatabaseSync;`,
  'src-service/identity/session.ts': `import { database } from '../store/store.ts';\nexport const session = database;`,
  'src-service/certificates/shelf.ts': `import { database } from '../store/store.ts';\nexport const shelf = database;`,
  'src-service/relay/relay.ts': `import { stream } from '../../src-shared/mux/stream.ts';\nexport const relay = stream;`,
  'src-service/edge/edge.ts': `import { relay } from '../relay/relay.ts';\nexport const edge = relay;`,
  'src-service/main.ts': `import { edge } from './edge/edge.ts';\nexport const service = edge;`,
  'src-main/connector/engine.ts': `import { connect } from 'node:net';\nimport { stream } from '../../src-shared/mux/stream.ts';\nexport const engine = { connect, stream };`,
  'src-main/app/label.ts': `export const label = 'Postern';`,
  'src-main/app/tray.ts': `import { Tray } from 'electron';\nimport { engine } from '../connector/engine.ts';\nexport const tray = { Tray, engine };`,
  'src-main/preload/preload.ts': `import { contextBridge } from 'electron';\nexport const expose = contextBridge;`,
  'src-renderer/bridge/bridge.ts': `import { code } from '../../src-shared/errors/code.ts';\ndeclare global {\n  interface Window {\n    readonly postern: string;\n  }\n}\nexport const bridge = [window.postern, code];`,
  'src-renderer/stores/store.ts': `import { bridge } from '../bridge/bridge.ts';\nexport const store = bridge;`,
  'src-renderer/features/list.ts': `import { store } from '../stores/store.ts';\nexport const list = store;`,
  'vitest.config.ts': `export const config = {};`,
  'scripts/task.ts': `export const task = 'build';`,
  'trial/start.ts': `import { task } from '../scripts/task.ts';\nexport const start = task;`,
  'bench/first.bench.ts': `import { engine } from '../src-main/connector/engine.ts';\nexport const first = engine;`,
  'test/e2e/page.ts': `import { origin } from '../helpers/origin.ts';\nexport const title = [document.title, origin];`,
  'test/helpers/origin.ts': `import { service } from '../../src-service/main.ts';\nexport const origin = service;`,
};

interface Forbidden {
  readonly rule: string;
  /** The module that trespasses; it is added to the allowed tree. */
  readonly file: string;
  readonly code: string;
  readonly guards: readonly ('types' | 'lint')[];
}

function imports(specifier: string): string {
  return `import * as other from '${specifier}';\nexport const trespass = other;`;
}

const BOTH = ['types', 'lint'] as const;
const LINT = ['lint'] as const;
const TYPES = ['types'] as const;

const FORBIDDEN: readonly Forbidden[] = [
  { rule: 'shared has no Node', file: 'src-shared/wire/a.ts', code: imports('node:fs'), guards: BOTH },
  { rule: 'shared has no Node by its bare name', file: 'src-shared/mux/a.ts', code: imports('fs'), guards: BOTH },
  { rule: 'shared has no Electron', file: 'src-shared/mux/b.ts', code: imports('electron'), guards: LINT },
  {
    rule: 'shared has no DOM',
    file: 'src-shared/mux/c.ts',
    code: 'export const title = document.title;',
    guards: TYPES,
  },
  {
    rule: 'shared has no Node globals',
    file: 'src-shared/mux/d.ts',
    code: 'export const id = process.pid;',
    guards: TYPES,
  },
  {
    rule: 'shared imports no service',
    file: 'src-shared/mux/e.ts',
    code: imports('../../src-service/main.ts'),
    guards: BOTH,
  },
  {
    rule: 'errors import no other folder',
    file: 'src-shared/errors/a.ts',
    code: imports('../wire/frame.ts'),
    guards: LINT,
  },
  { rule: 'wire imports no mux', file: 'src-shared/wire/b.ts', code: imports('../mux/stream.ts'), guards: LINT },
  {
    rule: 'the service imports no engine',
    file: 'src-service/relay/a.ts',
    code: imports('../../src-main/connector/engine.ts'),
    guards: BOTH,
  },
  {
    rule: 'the service imports no renderer',
    file: 'src-service/edge/a.ts',
    code: imports('../../src-renderer/features/list.ts'),
    guards: BOTH,
  },
  {
    rule: 'the service imports no trial',
    file: 'src-service/edge/b.ts',
    code: imports('../../trial/start.ts'),
    guards: BOTH,
  },
  { rule: 'the service has no Electron', file: 'src-service/edge/c.ts', code: imports('electron'), guards: LINT },
  {
    rule: 'the store imports no identity',
    file: 'src-service/store/a.ts',
    code: imports('../identity/session.ts'),
    guards: LINT,
  },
  { rule: 'the relay imports no edge', file: 'src-service/relay/b.ts', code: imports('../edge/edge.ts'), guards: LINT },
  {
    rule: 'certificates import no edge',
    file: 'src-service/certificates/a.ts',
    code: imports('../edge/edge.ts'),
    guards: LINT,
  },
  {
    rule: 'the store imports no certificates',
    file: 'src-service/store/b.ts',
    code: imports('../certificates/shelf.ts'),
    guards: LINT,
  },
  {
    rule: 'identity imports no edge',
    file: 'src-service/identity/a.ts',
    code: imports('../edge/edge.ts'),
    guards: LINT,
  },
  { rule: 'the engine has no Electron', file: 'src-main/connector/a.ts', code: imports('electron'), guards: LINT },
  { rule: 'the engine imports no app', file: 'src-main/connector/b.ts', code: imports('../app/tray.ts'), guards: BOTH },
  {
    rule: 'the engine imports no service',
    file: 'src-main/connector/c.ts',
    code: imports('../../src-service/main.ts'),
    guards: BOTH,
  },
  {
    rule: 'the app imports no service',
    file: 'src-main/app/a.ts',
    code: imports('../../src-service/main.ts'),
    guards: BOTH,
  },
  {
    rule: 'the app imports no renderer',
    file: 'src-main/app/b.ts',
    code: imports('../../src-renderer/stores/store.ts'),
    guards: BOTH,
  },
  { rule: 'the renderer has no Node', file: 'src-renderer/features/a.ts', code: imports('node:path'), guards: BOTH },
  { rule: 'the renderer has no Electron', file: 'src-renderer/features/b.ts', code: imports('electron'), guards: LINT },
  {
    rule: 'the renderer imports no app',
    file: 'src-renderer/features/c.ts',
    code: imports('../../src-main/app/label.ts'),
    guards: BOTH,
  },
  {
    rule: 'only the bridge reads the preload object',
    file: 'src-renderer/features/d.ts',
    code: 'export const raw = window.postern;',
    guards: LINT,
  },
  {
    rule: 'stores import no feature',
    file: 'src-renderer/stores/a.ts',
    code: imports('../features/list.ts'),
    guards: LINT,
  },
  {
    rule: 'nothing imports the tests: service',
    file: 'src-service/edge/d.ts',
    code: imports('../../test/helpers/origin.ts'),
    guards: BOTH,
  },
  {
    rule: 'nothing imports the tests: trial',
    file: 'trial/a.ts',
    code: imports('../test/helpers/origin.ts'),
    guards: BOTH,
  },
  {
    rule: 'nothing imports the tests: bench',
    file: 'bench/a.ts',
    code: imports('../test/helpers/origin.ts'),
    guards: BOTH,
  },
  {
    rule: 'no import cycle',
    file: 'src-service/api/a.ts',
    code: `import './b.ts';\nexport const a = 1;`,
    guards: LINT,
  },
];

/** The other half of the cycle. */
const CYCLE = { file: 'src-service/api/b.ts', code: imports('./a.ts') };

let folder = '';
const reports = { clean: '', types: '', lint: '' };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'postern-fence-'));
  for (const file of CONFIGURATION) await cp(path.join(ROOT, file), path.join(folder, file));
  for (const project of [...PROJECTS, ...OUTER_PROJECTS]) {
    await mkdir(path.join(folder, project), { recursive: true });
    await cp(path.join(ROOT, project, 'tsconfig.json'), path.join(folder, project, 'tsconfig.json'));
  }
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [file, code] of Object.entries(ALLOWED)) await write(file, code);
  reports.clean = `${await runTypes()}${await runLint()}`;
  // Electron's types bring Node's with them, so the modules that only lint has to find come after the types were checked.
  for (const { file, code, guards } of FORBIDDEN) if (guards !== LINT) await write(file, code);
  reports.types = await runTypes();
  for (const { file, code } of [...FORBIDDEN, CYCLE]) await write(file, code);
  reports.lint = await runLint();
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a tree that keeps to the rules passes both checkers', () => {
  expect(reports.clean).toBe('');
});

describe.each(FORBIDDEN)('$rule', ({ file, guards }) => {
  test.each(guards)(`%s reports ${file}`, (guard) => {
    expect(reports[guard].split('\n').filter((line) => line.startsWith(`${file}:`))).not.toEqual([]);
  });
});

async function write(file: string, code: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), `${code}\n`);
}

/** `file:line: message` per error of the types; empty when all is well. */
async function runTypes(): Promise<string> {
  const output = await run('typescript/bin/tsc', ['-b', '--pretty', 'false']);
  return output.replaceAll(/^(\S+?)\((\d+),\d+\): /gm, '$1:$2: ');
}

/** The fence's own rules only: which file breaks which rule. */
async function runLint(): Promise<string> {
  // The rooms are named, or it would walk into node_modules through the link.
  const rooms = [...PROJECTS, ...OUTER_PROJECTS];
  const output = await run('oxlint/bin/oxlint', ['--format=unix', ...rooms]);
  const rules = ['no-restricted-imports', 'no-restricted-properties', 'no-nodejs-modules', 'no-cycle'];
  return output
    .split('\n')
    .filter((line) => rules.some((rule) => line.includes(rule)))
    .map((line) => line.replace(`${folder}${path.sep}`, ''))
    .join('\n');
}

function run(tool: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const file = path.join(ROOT, 'node_modules', tool);
    execFile(
      process.execPath,
      [file, ...args],
      { cwd: folder, env: { ...process.env, NO_COLOR: '1' } },
      (_error, out) => {
        resolve(out);
      },
    );
  });
}
