#!/usr/bin/env node
import { chmod, copyFile, cp, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from './run-command.ts';

/**
 * Stands in for fpm, which electron-builder would download and Debian doesn't have: makes a deb with `dpkg-deb`. Takes the
 * arguments that electron-builder gives, and fails on any other.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { type: 'string', short: 's' },
    t: { type: 'string', short: 't' },
    force: { type: 'boolean' },
    d: { type: 'string', short: 'd', multiple: true },
    'deb-recommends': { type: 'string', multiple: true },
    'deb-compression': { type: 'string' },
    'deb-priority': { type: 'string' },
    architecture: { type: 'string' },
    'after-install': { type: 'string' },
    'after-remove': { type: 'string' },
    description: { type: 'string' },
    version: { type: 'string' },
    package: { type: 'string' },
    name: { type: 'string' },
    maintainer: { type: 'string' },
    vendor: { type: 'string' },
    url: { type: 'string' },
    category: { type: 'string' },
    license: { type: 'string' },
  },
});
const target = need('package');
if (values.s !== 'dir' || values.t !== 'deb') throw new Error(`Only a deb of folders can be made, not a ${values.t}.`);

const work = await mkdtemp(path.join(tmpdir(), 'postern-deb-'));
// It becomes the root folder of the package.
await chmod(work, 0o755);
try {
  for (const pair of positionals) await place(pair);
  const control = path.join(work, 'DEBIAN');
  await mkdir(control);
  await writeFile(path.join(control, 'control'), await describe());
  for (const [script, file] of [
    ['postinst', values['after-install']],
    ['postrm', values['after-remove']],
  ] as const) {
    if (file === undefined) continue;
    await copyFile(file, path.join(control, script));
    await chmod(path.join(control, script), 0o755);
  }
  await rm(target, { force: true });
  const compression = values['deb-compression'] === 'gz' ? 'gzip' : (values['deb-compression'] ?? 'xz');
  const build = await runCommand('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', work, target]);
  if (build.code !== 0) throw new Error(`dpkg-deb failed: ${build.output}`);
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Puts `FROM=TO` in its place; a `FROM` that ends with a slash is the content of a folder. */
async function place(pair: string): Promise<void> {
  const at = pair.lastIndexOf('=');
  const from = pair.slice(0, at);
  const to = path.join(work, pair.slice(at + 1));
  await mkdir(path.dirname(to), { recursive: true, mode: 0o755 });
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  await openToAll(to);
}

/** What root installs everybody may read, whatever the umask of who packs. */
async function openToAll(file: string): Promise<void> {
  const stats = await lstat(file);
  if (stats.isSymbolicLink()) return;
  await chmod(file, stats.isDirectory() || (stats.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (!stats.isDirectory()) return;
  for (const name of await readdir(file)) await openToAll(path.join(file, name));
}

async function describe(): Promise<string> {
  const bytes = await sizeOf(work);
  const [synopsis = '', ...rest] = need('description').split('\n');
  const long = rest.map((line) => (line.trim() === '' ? ' .' : ` ${line.trim()}`));
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['Package', need('name')],
    ['Version', need('version')],
    ['Architecture', need('architecture')],
    ['Maintainer', need('maintainer')],
    ['Installed-Size', String(Math.ceil(bytes / 1024))],
    ['Depends', values.d?.join(', ')],
    ['Recommends', values['deb-recommends']?.join(', ')],
    ['Section', values.category],
    ['Priority', values['deb-priority']],
    ['Homepage', values.url],
    ['Description', [synopsis.trim(), ...long].join('\n')],
  ];
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${lines.join('\n')}\n`;
}

async function sizeOf(file: string): Promise<number> {
  const stats = await lstat(file);
  if (!stats.isDirectory()) return stats.size;
  let bytes = 0;
  for (const name of await readdir(file)) bytes += await sizeOf(path.join(file, name));
  return bytes;
}

function need(name: 'package' | 'name' | 'version' | 'architecture' | 'maintainer' | 'description'): string {
  const value = values[name];
  if (value === undefined || value === '') throw new Error(`electron-builder gave no --${name}.`);
  return value;
}
