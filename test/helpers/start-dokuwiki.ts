import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const DOCUMENT_ROOT = '/usr/share/dokuwiki';
const DATA_FOLDERS = [
  'pages',
  'attic',
  'meta',
  'media',
  'media_attic',
  'media_meta',
  'cache',
  'index',
  'locks',
  'tmp',
  'log',
];

export interface StartedDokuWiki {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  close(): Promise<void>;
}

/** DokuWiki as Debian packages it, on PHP's built-in server, with a configuration and data folder of its own. */
export async function startDokuWiki(title: string): Promise<StartedDokuWiki> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-dokuwiki-'));
  const configuration = path.join(folder, 'conf');
  mkdirSync(configuration);
  for (const name of DATA_FOLDERS) mkdirSync(path.join(folder, 'data', name), { recursive: true });
  writeFileSync(
    path.join(configuration, 'local.php'),
    `<?php
$conf['title'] = '${title}';
$conf['savedir'] = '${path.join(folder, 'data')}';
$conf['useacl'] = 0;
$conf['updatecheck'] = 0;
`,
  );
  // The plugin warns on every page that it is for developers.
  writeFileSync(path.join(configuration, 'plugins.local.php'), "<?php\n$plugins['testing'] = 0;\n");
  const prepend = path.join(folder, 'prepend.php');
  writeFileSync(prepend, `<?php define('DOKU_CONF', '${configuration}/');\n`);
  const port = await freePort();
  const child = spawn(
    'php',
    ['-d', `auto_prepend_file=${prepend}`, '-d', 'display_errors=0', '-S', `127.0.0.1:${port}`, '-t', DOCUMENT_ROOT],
    // Workers, because a page asks for its style and script while it is being made; a group, so that all of them end.
    { env: { ...process.env, PHP_CLI_SERVER_WORKERS: '4' }, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const started = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('started')) resolve();
    });
  });
  await Promise.race([started, ended]);
  if (child.exitCode !== null || child.pid === undefined) throw new Error(`php did not listen on port ${port}.`);
  const { pid } = child;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      process.kill(-pid, 'SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PHP can't tell which port it took, so one that is free now is named to it. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
