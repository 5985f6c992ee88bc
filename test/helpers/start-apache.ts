import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { SERVER_FOLDER } from '../../scripts/system-requirements.ts';
import { findFreePort } from './find-free-port.ts';

const MODULES = '/usr/lib/apache2/modules';
const PATIENCE_MS = 15_000;

export interface StartedApache {
  /** `http://127.0.0.1:PORT`, no slash at the end; `/dav/` is WebDAV over an empty folder, `/svn/NAME` a repository. */
  readonly url: string;
  /** Where the repositories of `/svn/` are. */
  readonly repositories: string;
  /** Lets the server write what was put there. */
  share(file: string): void;
  close(): Promise<void>;
}

/** Apache as Debian packages it, with mod_dav and mod_dav_svn, on a configuration and folder of its own. */
export async function startApache(): Promise<StartedApache> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-apache-'));
  const repositories = path.join(folder, 'svn');
  const share = (file: string): void => chmodSync(file, 0o777);
  for (const each of [folder, path.join(folder, 'dav'), repositories]) {
    mkdirSync(each, { recursive: true });
    share(each);
  }
  // It can't take any port and tell which.
  const port = await findFreePort();
  const configuration = path.join(folder, 'apache.conf');
  const modules = ['mpm_event', 'authz_core', 'dav', 'dav_fs', 'dav_lock', 'dav_svn'];
  writeFileSync(
    configuration,
    `ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
Mutex fcntl:${folder}
ErrorLog ${folder}/error.log
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
DocumentRoot ${folder}
DavLockDB ${folder}/dav-lock
<Location /dav>
  Dav on
</Location>
<Location /svn>
  Dav svn
  SVNParentPath ${repositories}
</Location>
`,
  );
  const child = spawn(path.join(SERVER_FOLDER, 'apache2'), ['-DFOREGROUND', '-f', configuration], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close');
  const close = async (): Promise<void> => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!(await isListening(port))) {
    if (child.exitCode !== null || performance.now() > deadlineMs) {
      const log = readFileSync(path.join(folder, 'error.log'), { encoding: 'utf8', flag: 'a+' });
      await close();
      throw new Error(`Apache did not listen:\n${said}${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { url: `http://127.0.0.1:${port}`, repositories, share, close };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
