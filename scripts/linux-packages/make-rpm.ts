import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import type { MakePackage, PackageDescription } from './package-description.ts';

/** As rpm names what compresses the files. */
const PAYLOADS: Readonly<Record<string, string>> = {
  gzip: 'w6.gzdio',
  xz: 'w6.xzdio',
  xzmt: 'w6T0.xzdio',
  zstd: 'w12.zstdio',
};

/** As rpm calls what Debian calls so. */
const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** Makes an rpm with `rpmbuild`. */
export const makeRpm: MakePackage = async (description, root) => {
  const { target, architecture, compression } = description;
  const payload = PAYLOADS[compression];
  if (payload === undefined) throw new Error(`An rpm can't be compressed with ${compression}.`);
  const work = await mkdtemp(path.join(tmpdir(), 'postern-rpm-'));
  try {
    const spec = path.join(work, 'postern.spec');
    await writeFile(spec, await specOf(description, root));
    const define = (name: string, value: string): string[] => ['--define', `${name} ${value}`];
    const build = await runCommand('rpmbuild', [
      ...define('_topdir', work),
      ...define('_rpmdir', work),
      ...define('_rpmfilename', 'made.rpm'),
      ...define('_buildhost', 'localhost'),
      ...define('_binary_payload', payload),
      // What is packed is packed as it came: not stripped, nor linked by its build id into folders that all packages share.
      ...define('_build_id_links', 'none'),
      ...define('__os_install_post', '%{nil}'),
      ...define('debug_package', '%{nil}'),
      ...['--target', ARCHITECTURES[architecture] ?? architecture, '--buildroot', root, '-bb', spec],
    ]);
    if (build.code !== 0) throw new Error(`rpmbuild failed: ${build.output}`);
    await rm(target, { force: true });
    await rename(path.join(work, 'made.rpm'), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

async function specOf(described: PackageDescription, root: string): Promise<string> {
  const tags: readonly (readonly [string, string | undefined])[] = [
    ['Name', described.name],
    ['Version', described.version],
    ['Release', '1'],
    ['Summary', described.summary],
    ['License', described.license ?? 'unknown'],
    ['URL', described.url],
    ['Vendor', described.vendor],
    ['Packager', described.maintainer],
    ['AutoReqProv', 'no'],
    ...described.depends.map((each) => ['Requires', each] as const),
    ...described.recommends.map((each) => ['Recommends', each] as const),
  ];
  const sections = [
    tags.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${escaped(value)}`])).join('\n'),
    ['%description', ...described.description.map(escaped)].join('\n'),
    ...(await scriptSection('%post', described.afterInstall)),
    ...(await scriptSection('%postun', described.afterRemove)),
    ['%files', '%defattr(-,root,root,-)', ...(await filesOf(root))].join('\n'),
  ];
  return `${sections.join('\n\n')}\n`;
}

async function scriptSection(name: string, file: string | undefined): Promise<string[]> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8');
  const interpreter = /^#! ?(\S+)/.exec(text)?.[1] ?? '/bin/sh';
  return [`${name} -p ${interpreter}\n${escaped(text)}`];
}

/** What is the package's own: a folder of its own under `/opt` as a whole, elsewhere the files alone. */
async function filesOf(root: string): Promise<string[]> {
  const own = (await readdir(path.join(root, 'opt'))).map((name) => `/opt/${name}`);
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const others = files
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `/${path.relative(root, path.join(entry.parentPath, entry.name))}`)
    .filter((file) => !file.startsWith('/opt/'));
  return [...own, ...others].map((file) => `"${escaped(file)}"`);
}

/** A percent sign begins a macro. */
function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}
