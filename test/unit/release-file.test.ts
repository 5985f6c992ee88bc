import { expect, test } from 'vitest';
import type { PackageKind } from '../../src-main/app/updates/package-kind.ts';
import { findReleaseFile } from '../../src-main/app/updates/release-file.ts';

function find(names: readonly string[], kind: PackageKind, arch: string): string {
  const files = names.map((url) => ({ url, sha512: '', size: 1 }));
  return findReleaseFile({ version: '1.1.0', notes: '', releasedAtMs: null, files }, kind, arch).url;
}

test.for([
  [['p_arm64.deb', 'p_amd64.deb'], 'deb', 'x64', 'p_amd64.deb'],
  [['p_amd64.deb', 'p_arm64.deb'], 'deb', 'arm64', 'p_arm64.deb'],
  [['p.aarch64.rpm', 'p.x86_64.rpm', 'p_amd64.deb'], 'rpm', 'x64', 'p.x86_64.rpm'],
  [['p.aarch64.rpm', 'p.x86_64.rpm'], 'rpm', 'arm64', 'p.aarch64.rpm'],
  [['p-arm64.AppImage', 'p-x86_64.AppImage'], 'appImage', 'x64', 'p-x86_64.AppImage'],
  [['p-arm64.zip', 'p-x64.zip', 'p.zip'], 'mac', 'x64', 'p-x64.zip'],
  [['p-ia32.exe', 'p.exe'], 'nsis', 'x64', 'p.exe'],
] as const)('of %j the %s file for %s is %s', ([names, kind, arch, expected]) => {
  expect(find(names, kind, arch)).toBe(expected);
});

test.for([
  [['p_arm64.deb'], 'deb', 'x64'],
  [['p_amd64.deb'], 'rpm', 'x64'],
] as const)('of %j there is no %s file for %s', ([names, kind, arch]) => {
  expect(() => find(names, kind, arch)).toThrow(/has no .* file for this machine/);
});
