#!/usr/bin/env node
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeDeb } from './linux-packages/make-deb.ts';
import { makeRpm } from './linux-packages/make-rpm.ts';
import type { MakePackage } from './linux-packages/package-description.ts';
import { placeFiles } from './linux-packages/place-files.ts';

/**
 * Stands in for fpm, which electron-builder would download and Debian doesn't have: makes a deb with `dpkg-deb`, and an rpm with
 * `rpmbuild`. Takes the arguments that electron-builder gives, and fails on any other.
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
    'rpm-os': { type: 'string' },
    'rpm-compression': { type: 'string' },
    'rpm-summary': { type: 'string' },
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
const makers: Readonly<Record<string, MakePackage>> = { deb: makeDeb, rpm: makeRpm };
const make = makers[values.t ?? ''];
if (values.s !== 'dir' || make === undefined) {
  throw new Error(`Only debs and rpms of folders can be made, not a ${values.t}.`);
}
/** A deb's summary is the first line of its description; an rpm's is given beside. */
const [first = '', ...others] = need('description')
  .split('\n')
  .map((line) => line.trim());
const summary = values['rpm-summary'] ?? first;
const target = path.resolve(need('package'));

const root = await mkdtemp(path.join(tmpdir(), 'postern-package-'));
// It becomes the root folder of the package.
await chmod(root, 0o755);
try {
  for (const pair of positionals) await placeFiles(pair, root);
  await rm(target, { force: true });
  await make(
    {
      target,
      name: need('name'),
      version: need('version'),
      architecture: need('architecture'),
      maintainer: need('maintainer'),
      summary,
      description: values['rpm-summary'] === undefined ? others : [first, ...others],
      url: values.url,
      vendor: values.vendor,
      license: values.license,
      category: values.category,
      priority: values['deb-priority'],
      depends: values.d ?? [],
      recommends: values['deb-recommends'] ?? [],
      compression: values['deb-compression'] ?? values['rpm-compression'] ?? 'xz',
      afterInstall: values['after-install'],
      afterRemove: values['after-remove'],
    },
    root,
  );
} finally {
  await rm(root, { recursive: true, force: true });
}

function need(name: 'package' | 'name' | 'version' | 'architecture' | 'maintainer' | 'description'): string {
  const value = values[name];
  if (value === undefined || value === '') throw new Error(`electron-builder gave no --${name}.`);
  return value;
}
