import { chmod, copyFile, lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import type { MakePackage, PackageDescription } from './package-description.ts';

/** Makes a deb with `dpkg-deb`. */
export const makeDeb: MakePackage = async (description, root) => {
  const { target, afterInstall, afterRemove, compression } = description;
  const control = path.join(root, 'DEBIAN');
  const bytes = await sizeOf(root);
  await mkdir(control);
  await writeFile(path.join(control, 'control'), controlOf(description, bytes));
  for (const [script, file] of [
    ['postinst', afterInstall],
    ['postrm', afterRemove],
  ] as const) {
    if (file === undefined) continue;
    await copyFile(file, path.join(control, script));
    await chmod(path.join(control, script), 0o755);
  }
  const algorithm = compression === 'gz' ? 'gzip' : compression;
  const build = await runCommand('dpkg-deb', ['--root-owner-group', `-Z${algorithm}`, '--build', root, target]);
  if (build.code !== 0) throw new Error(`dpkg-deb failed: ${build.output}`);
};

function controlOf(described: PackageDescription, bytes: number): string {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['Package', described.name],
    ['Version', described.version],
    ['Architecture', described.architecture],
    ['Maintainer', described.maintainer],
    ['Installed-Size', String(Math.ceil(bytes / 1024))],
    ['Depends', listed(described.depends)],
    ['Recommends', listed(described.recommends)],
    ['Section', described.category],
    ['Priority', described.priority],
    ['Homepage', described.url],
    [
      'Description',
      [described.summary, ...described.description.map((line) => ` ${line === '' ? '.' : line}`)].join('\n'),
    ],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\n`])).join('');
}

function listed(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : names.join(', ');
}

async function sizeOf(file: string): Promise<number> {
  const stats = await lstat(file);
  if (!stats.isDirectory()) return stats.size;
  let bytes = 0;
  for (const name of await readdir(file)) bytes += await sizeOf(path.join(file, name));
  return bytes;
}
