import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rememberSecret } from './test-log.ts';

/** Makes a PFX with openssl. @param flags such as `-legacy` (RC2 and 3DES), `-nokeys`, `-iter 1000000` */
export function makePfx(
  certificates: readonly string[],
  key: string,
  password: string,
  flags: readonly string[] = [],
): Buffer {
  rememberSecret('password of a PFX', password);
  const folder = mkdtempSync(join(tmpdir(), 'postern-pfx-'));
  try {
    const [certificate = '', ...others] = certificates;
    writeFileSync(join(folder, 'certificate.pem'), certificate);
    writeFileSync(join(folder, 'others.pem'), others.join(''));
    writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 });
    const chain = others.length === 0 ? [] : ['-certfile', 'others.pem'];
    const input = ['-in', 'certificate.pem', '-inkey', 'key.pem', ...chain];
    return execFileSync('openssl', ['pkcs12', '-export', ...input, '-passout', `pass:${password}`, ...flags], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
