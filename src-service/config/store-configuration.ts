import { resolve } from 'node:path';
import { z } from 'zod';

const text = z.string().min(1);

/**
 * Where the durable state lies. One object for both kinds, so that each key has a variable in the environment;
 * `findStoreContradictions` says which keys belong to which kind.
 */
export const storeSchema = z.strictObject({
  kind: z.enum(['sqlite', 'postgres']).default('sqlite'),
  /** SQLite: the file; `postern.db` in `dataFolder` where nothing is said. */
  file: text.optional(),
  /** PostgreSQL: `postgres://user@host:port/database`; the keys below count over its parts. */
  connectionString: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }).optional(),
  /** PostgreSQL: a name, an address, or the folder of a Unix socket. */
  host: text.optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  database: text.optional(),
  user: text.optional(),
  password: text.optional(),
  /** A file whose first line is the password; read at each connection, so that it may change. */
  passwordFile: text.optional(),
  tls: z
    .strictObject({
      /** `verify` checks the certificate and its name; what holds where nothing is said, but on this machine. */
      mode: z.enum(['verify', 'off']).optional(),
      /** PEM with the certificates of authorities to trust, beside the system's. */
      caFile: text.optional(),
    })
    .prefault({}),
  /** Connections that this node opens at most; one more listens for changes by other nodes. */
  maxConnections: z.number().int().min(2).max(200).default(10),
});
export type StoreConfiguration = z.infer<typeof storeSchema>;

const POSTGRES_KEYS = ['connectionString', 'host', 'port', 'database', 'user', 'password', 'passwordFile'] as const;

/** Keys that are right each by itself, but not together: one line per problem. */
export function findStoreContradictions(store: StoreConfiguration): string[] {
  if (store.kind === 'sqlite') {
    return POSTGRES_KEYS.filter((key) => store[key] !== undefined).map(
      (key) => `store.${key}: is for PostgreSQL. Set store.kind to postgres, or leave it out.`,
    );
  }
  const lines: string[] = [];
  if (store.file !== undefined) lines.push('store.file: is for SQLite. Leave it out where store.kind is postgres.');
  if (store.connectionString === undefined && (store.host === undefined || store.database === undefined)) {
    lines.push('store: must have connectionString, or host and database, where store.kind is postgres.');
  }
  if (store.password !== undefined && store.passwordFile !== undefined) {
    lines.push('store.password: is set beside store.passwordFile. Leave out one of them.');
  }
  return lines;
}

/** The same with files found relative to `folder`. */
export function withAbsoluteStoreFiles(store: StoreConfiguration, folder: string): StoreConfiguration {
  const { file, passwordFile, tls } = store;
  return {
    ...store,
    ...(file !== undefined && { file: resolve(folder, file) }),
    ...(passwordFile !== undefined && { passwordFile: resolve(folder, passwordFile) }),
    tls: { ...tls, ...(tls.caFile !== undefined && { caFile: resolve(folder, tls.caFile) }) },
  };
}
