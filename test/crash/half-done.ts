import { sql } from 'kysely';
import { type StoreLocation, openDatabase } from '../../src-service/store/database/open-database.ts';
import { CONFIGURATION_VERSION } from '../../src-service/store/migrations.ts';
import type { Application } from '../../src-shared/publishing/application.ts';

/**
 * Looks at the rows themselves: whether every application has the addresses that it should, whether the audit tells of each
 * change and of none that isn't there, and whether the version has risen once for each. @returns what is wrong
 */
export async function findHalfDone(location: StoreLocation): Promise<string[]> {
  const database = await openDatabase(location);
  const { db } = database;
  const faults: string[] = [];
  try {
    const applications = await db.selectFrom('applications').selectAll().execute();
    const addresses = await db.selectFrom('application_addresses').selectAll().execute();
    const audit = await db.selectFrom('audit_records').selectAll().orderBy('sequence').execute();
    const version = await db
      .selectFrom('service_values')
      .select('number_value')
      .where('name', '=', CONFIGURATION_VERSION)
      .executeTakeFirstOrThrow();

    const byApplication = Map.groupBy(addresses, ({ application_id: id }) => id);
    for (const { id, display_name: name, publishing } of applications) {
      const { segmentsConfiguration } = JSON.parse(publishing) as Application['onPremisesPublishing'];
      // The external URL is that of the first segment.
      const expected = segmentsConfiguration?.applicationSegments.length ?? 1;
      const found = byApplication.get(id)?.length ?? 0;
      if (found !== expected) faults.push(`${name} has ${found} addresses in place of ${expected}`);
    }
    const known = new Set(applications.map(({ id }) => id));
    for (const { application_id: id } of addresses) {
      if (!known.has(id)) faults.push(`an address belongs to ${id}, which is not there`);
    }

    const lastOf = new Map<string, string | null>();
    for (const record of audit) if (record.target_kind === 'application') lastOf.set(record.target_id, record.after);
    for (const { id, display_name: name } of applications) {
      const after = lastOf.get(id);
      if (!after) faults.push(`${name} is there, and the audit says that it is not`);
      else if ((JSON.parse(after) as Application).displayName !== name) {
        faults.push(`${name} has a change that the audit doesn't know: ${after}`);
      }
    }
    for (const [id, after] of lastOf) {
      if (after !== null && !known.has(id)) faults.push(`the audit tells of ${id}, which is not there`);
    }
    if (version.number_value !== audit.length + 1) {
      faults.push(`the version is ${version.number_value} after ${audit.length} audited changes`);
    }
    if (location.kind === 'sqlite') {
      const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
      if (rows[0]?.integrity_check !== 'ok') faults.push(`integrity_check: ${JSON.stringify(rows)}`);
    }
  } finally {
    await database.close();
  }
  return faults;
}
