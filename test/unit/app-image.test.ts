import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findAppImage } from '../../src-main/app/app-image.ts';
import { findPackageKind } from '../../src-main/app/updates/package-kind.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'postern-kind-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OTHERS = { APPIMAGE: '/home/a/Editor.AppImage', APPDIR: '/tmp/.mount_Editor' };

test('the app’s own AppImage is the one that its program lies in', () => {
  const own = { APPIMAGE: '/home/a/Postern.AppImage', APPDIR: '/tmp/.mount_Poster' };
  expect(findAppImage('/tmp/.mount_Poster/resources', own)).toBe('/home/a/Postern.AppImage');
  expect(findAppImage('/opt/Postern/resources', {})).toBeNull();
});

test('an app that was started from the AppImage of another program is not taken for that', () => {
  expect(findAppImage('/opt/Postern/resources', OTHERS)).toBeNull();
  expect(findAppImage('/tmp/.mount_Editor2/resources', OTHERS)).toBeNull();
});

test.for([
  ['deb', 'deb'],
  ['rpm', 'rpm'],
  ['pacman', null],
  [null, null],
] as const)('a package that calls itself %s is %s', ([text, kind]) => {
  const resources = path.join(folder, String(text));
  mkdirSync(resources);
  if (text !== null) writeFileSync(path.join(resources, 'package-type'), text);
  expect(findPackageKind('linux', resources, null)).toBe(kind);
  expect(findPackageKind('linux', resources, '/home/a/Postern.AppImage')).toBe('appImage');
});
