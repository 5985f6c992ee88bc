import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const VERSION = 8;
/** Of the write-ahead log, which would else stay as long as it once was. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;
/** SQLite's own codes for a file that is not, or no longer, a database. */
const DAMAGE_CODES: ReadonlySet<unknown> = new Set([11, 26]);

const RECORDS = `
  create table records (
    sequence integer primary key, startedAtMs integer not null, activityId text not null,
    applicationId text not null, applicationName text not null, userId text, userName text, method text not null,
    url text not null, status integer, requestBytes integer not null, responseBytes integer not null,
    sentMs real, firstByteMs real, totalMs real, flags integer not null, outcome text not null,
    errorCode text, errorHop text, errorCause text, opening text
  ) strict;
`;
/** One application after the other, so that a month of one, or of all under an empty name, is read in one go. */
const FIGURES = `
  create table figures (
    applicationId text not null, minute integer not null, requests integer not null, refused integer not null,
    errors integer not null, failed integer not null, requestBytes integer not null, responseBytes integer not null,
    latencies text not null, primary key (applicationId, minute)
  ) strict, without rowid;
  create index figuresByMinute on figures (minute);
`;
/** Headers of requests, as JSON; apart from the records, so that those are read without them. */
const HEADS = `
  create table heads (sequence integer primary key, request text not null, response text) strict;
`;
/** Of those whose last request is gone none is needed: without it all would be read to find them. */
const ACTIVITIES_BY_END = 'create index activitiesByEnd on activities (lastSequence);';
/** Where the requests of a transaction are by activity id: `ActivityIndex`. Those of before are looked for one by one. */
const ACTIVITIES = `
  create table activities (
    id integer primary key, firstSequence integer not null, lastSequence integer not null, places blob not null
  ) strict;
  ${ACTIVITIES_BY_END}
`;
/** Batches as they came, by the first sequence that counts in them: `HistoryChunks`. */
const CHUNKS = `
  create table chunks (
    firstSequence integer primary key, lastSequence integer not null, newestStartedAtMs integer not null,
    count integer not null, texts text not null, numbers blob not null, codes blob not null,
    activityIds text not null, urls text not null, openings blob
  ) strict;
`;
/** Version 4 lost some of them: they are looked for one by one as those of before. */
const FROM_VERSION_4 = `
  drop table activities;
  ${ACTIVITIES}
`;
/** Version 1 had no figures of all applications together, and none of kinds of errors: those begin with the upgrade. */
const FROM_VERSION_1 = `
  alter table figures rename to formerFigures;
  ${FIGURES}
  insert into figures select applicationId, minute, requests, 0, errors, 0, requestBytes, responseBytes, latencies
    from formerFigures;
  insert into figures select '', minute, sum(requests), 0, sum(errors), 0, sum(requestBytes), sum(responseBytes), ''
    from formerFigures group by minute;
  drop table formerFigures;
`;

/** Version 7 knew nothing of connections. */
const CONNECTIONS_OF_RECORDS = `
  alter table records rename column isUpgrade to flags;
  alter table records add column opening text;
`;
const CONNECTIONS = `
  ${CONNECTIONS_OF_RECORDS}
  alter table chunks add column openings blob;
  ${ACTIVITIES_BY_END}
`;

/** What leads from each earlier version to the present one; 0 is a file that was just made. */
const STEPS: Readonly<Record<number, string>> = {
  0: RECORDS + FIGURES + HEADS + ACTIVITIES + CHUNKS,
  1: FROM_VERSION_1 + HEADS + ACTIVITIES + CHUNKS + CONNECTIONS_OF_RECORDS,
  2: HEADS + ACTIVITIES + CHUNKS + CONNECTIONS_OF_RECORDS,
  3: ACTIVITIES + CHUNKS + CONNECTIONS_OF_RECORDS,
  4: FROM_VERSION_4 + CHUNKS + CONNECTIONS_OF_RECORDS,
  5: CHUNKS + CONNECTIONS_OF_RECORDS + ACTIVITIES_BY_END,
  // Version 7 has other classes of answer times, which none before reads; theirs are read as they are (`LatencyCounts`).
  6: CONNECTIONS,
  7: CONNECTIONS,
};

/**
 * Opens the file, makes it where there is none, and lets only this account read it.
 * @throws what SQLite says, and an error for a file of another version.
 */
export function openHistoryDatabase(file: string): DatabaseSync {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  // SQLite gives its log the mode of the file.
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file);
  try {
    // Before the first table: pages that fall free can be given back to the disk.
    database.exec('pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = normal');
    database.exec(`pragma journal_size_limit = ${MAX_LOG_BYTES}`);
    const version = Number(database.prepare('pragma user_version').get()?.['user_version']);
    const steps = STEPS[version];
    if (steps !== undefined) database.exec(`begin; ${steps} pragma user_version = ${VERSION}; commit`);
    else if (version !== VERSION)
      throw new DamagedHistory(`It is of version ${version}, which this app does not know.`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A file that can't be gone on with. */
class DamagedHistory extends Error {}

/** Whether an error means that the file itself is no good, and trying again is of no use. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedHistory) return true;
  // Extended codes carry the primary one in their low octet.
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' && DAMAGE_CODES.has(code & 0xff);
}

/** Puts a damaged file away for whoever wants to look at it; an earlier one goes. @returns its new name. */
export function setHistoryAside(file: string): string {
  const aside = `${file}.damaged`;
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(`${aside}${suffix}`, { force: true });
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
}
