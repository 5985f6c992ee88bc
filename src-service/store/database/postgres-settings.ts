import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { type ClientConfig, types } from 'pg';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { isLoopbackHost } from '../../config/loopback-host.ts';
import type { StoreConfiguration } from '../../config/store-configuration.ts';
import { DATABASE_LIMITS } from './database-limits.ts';

const INT8 = 20;
const DEFAULT_PORT = 5432;

/** How long things may take on a connection, ms. */
export interface PostgresTimes {
  /** A statement, at the server. */
  readonly statementMs: number;
  /** A statement, as this end sees it: for a server that vanished. */
  readonly answerMs: number;
  readonly lockMs: number;
}

const { statementMs, answerMs, lockWaitMs, migrationMs } = DATABASE_LIMITS;
export const QUERY_TIMES: PostgresTimes = { statementMs, answerMs, lockMs: lockWaitMs };
export const MIGRATION_TIMES: PostgresTimes = { statementMs: migrationMs, answerMs: migrationMs, lockMs: migrationMs };

/** What one connection is made with. @throws PosternError `CONFIG_INVALID` when the file of authorities can't be read */
export function postgresSettings(store: StoreConfiguration, times: PostgresTimes): ClientConfig {
  const { host, port, database, user, password } = address(store);
  const { passwordFile } = store;
  return {
    host,
    port,
    ...(database !== undefined && { database }),
    ...(user !== undefined && { user }),
    password: passwordFile === undefined ? password : () => readPassword(passwordFile),
    ssl: tlsOptions(store, host),
    types: { getTypeParser },
    application_name: 'postern-service',
    keepAlive: true,
    connectionTimeoutMillis: DATABASE_LIMITS.connectMs,
    statement_timeout: times.statementMs,
    query_timeout: times.answerMs,
    lock_timeout: times.lockMs,
    idle_in_transaction_session_timeout: DATABASE_LIMITS.idleTransactionMs,
  };
}

/** Where the database is, in words without a secret. */
export function describePostgres(store: Omit<StoreConfiguration, 'kind'>): string {
  const { host, port, database } = address(store);
  return `PostgreSQL ${database ?? ''} at ${host} port ${port}`;
}

function address(store: Omit<StoreConfiguration, 'kind'>) {
  const url = store.connectionString === undefined ? null : new URL(store.connectionString);
  const part = (text: string | undefined): string | undefined => (text ? decodeURIComponent(text) : undefined);
  return {
    host: store.host ?? part(url?.hostname.replaceAll(/^\[|\]$/g, '')) ?? 'localhost',
    port: store.port ?? (url?.port ? Number(url.port) : DEFAULT_PORT),
    database: store.database ?? part(url?.pathname.slice(1)),
    user: store.user ?? part(url?.username),
    password: store.password ?? part(url?.password),
  };
}

/** Numbers of 64 bits are ours alone and times in ms: all of them fit a JavaScript number. Text otherwise, as `pg` has it. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return oid === INT8 ? Number : (types.getTypeParser(oid, format ?? 'text') as (text: string) => unknown);
}

async function readPassword(file: string): Promise<string> {
  const [line = ''] = (await readFile(file, 'utf8')).split(/\r?\n/);
  return line;
}

/** @throws PosternError `CONFIG_INVALID` when the file of authorities can't be read */
function tlsOptions({ tls }: StoreConfiguration, host: string): ClientConfig['ssl'] {
  const isLocal = host.startsWith('/') || isLoopbackHost(host.includes(':') ? `[${host}]` : host);
  if ((tls.mode ?? (isLocal ? 'off' : 'verify')) === 'off') return false;
  const { caFile } = tls;
  const servername = isIP(host) === 0 ? host : undefined;
  try {
    return {
      rejectUnauthorized: true,
      ...(servername !== undefined && { servername }),
      ...(caFile !== undefined && { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] }),
    };
  } catch (error) {
    throw new PosternError('CONFIG_INVALID', {
      message: `store.tls.caFile: ${caFile} can't be read: ${error instanceof Error ? error.message : String(error)}.`,
      cause: error,
    });
  }
}
