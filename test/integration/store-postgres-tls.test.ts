import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeSchema } from '../../src-service/config/store-configuration.ts';
import { openPostgresDatabase } from '../../src-service/store/database/postgres-database.ts';
import { QUERY_TIMES, postgresSettings } from '../../src-service/store/database/postgres-settings.ts';
import { type TestCertificate, makeCertificate } from '../helpers/make-certificate.ts';
import { type PostgresStore, type StartedPostgres, startPostgres } from '../helpers/start-postgres.ts';

const PASSWORD = "it's a päßword";

let folder: string;
let certificate: TestCertificate;
let server: StartedPostgres;
let socket: PostgresStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-pg-tls-'));
  certificate = await makeCertificate(['localhost'], []);
  writeFileSync(join(folder, 'ca.pem'), certificate.cert);
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
  server = await startPostgres(certificate);
  socket = await server.makeDatabase();
  await server.query(socket, `alter role postern password '${PASSWORD.replace("'", "''")}'`);
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function overTcp(more: object) {
  return storeSchema.parse({
    kind: 'postgres',
    connectionString: `postgres://postern@localhost:${server.port}/${socket.database}`,
    passwordFile: join(folder, 'password'),
    tls: { mode: 'verify', caFile: join(folder, 'ca.pem') },
    ...more,
  });
}

test('a database over TLS is reached with the password of a file, its certificate checked', async () => {
  const database = await openPostgresDatabase(overTcp({}));
  const rows = await server.query(
    socket,
    `select ssl from pg_stat_ssl join pg_stat_activity using (pid)
      where datname = '${socket.database}' and application_name = 'postern-service'`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row).toEqual({ ssl: true });
  await database.close();
});

test('a certificate of somebody else, one for another name, and a wrong password are refused in words', async () => {
  const rejects = async (more: object, reason: string, text: string): Promise<void> => {
    await expect(openPostgresDatabase(overTcp(more))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      kind: reason,
      message: expect.stringContaining(text) as string,
    });
  };
  await rejects({ tls: { mode: 'verify' } }, 'unreachable', 'self-signed');
  await rejects({ host: '127.0.0.1' }, 'unreachable', 'does not match');
  await rejects({ passwordFile: undefined, password: 'wrong' }, 'refused', 'password authentication failed');
  await rejects({ passwordFile: undefined, password: PASSWORD, database: 'nowhere' }, 'refused', 'nowhere');
  writeFileSync(join(folder, 'password'), 'changed\n');
  await rejects({}, 'refused', 'password authentication failed');
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
  await (await openPostgresDatabase(overTcp({}))).close();
});

test('a database on another machine is never spoken to without TLS unless the operator says so', () => {
  const ssl = (more: object): unknown =>
    postgresSettings(storeSchema.parse({ kind: 'postgres', ...more }), QUERY_TIMES).ssl;
  expect(ssl({ host: 'db.internal' })).toMatchObject({ rejectUnauthorized: true, servername: 'db.internal' });
  expect(ssl({ connectionString: 'postgres://u@10.0.0.7/p' })).toEqual({ rejectUnauthorized: true });
  expect(ssl({ host: 'db.internal', tls: { mode: 'off' } })).toBe(false);
  for (const host of ['localhost', '127.0.0.1', '::1', '/run/postgresql']) expect(ssl({ host })).toBe(false);
  expect(ssl({ host: 'localhost', tls: { mode: 'verify' } })).toMatchObject({ rejectUnauthorized: true });
});
