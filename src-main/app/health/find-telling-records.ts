import type { PackedRows } from '../../../src-shared/connector/packed-rows.ts';
import { hasFailed } from '../../../src-shared/connector/traffic-failure.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';

/**
 * Those of a batch from which `ApplicationWatcher` can learn something: all that went wrong, and of requests that went well the
 * first of an application, and the first after each that did not. In a flood these are a handful.
 */
export function findTellingRecords(rows: PackedRows): TrafficRecord[] {
  const telling: TrafficRecord[] = [];
  /** Of these the last one told went well. */
  const well = new Set<string>();
  let lastWell: string | null = null;
  for (let row = 0; row < rows.count; row += 1) {
    const outcome = rows.outcome(row);
    const status = rows.status(row);
    const applicationId = rows.applicationId(row);
    if (hasFailed(outcome, status)) {
      well.delete(applicationId);
      if (lastWell === applicationId) lastWell = null;
      telling.push(rows.record(row));
    } else if (status !== null && applicationId !== lastWell) {
      lastWell = applicationId;
      if (well.has(applicationId)) continue;
      well.add(applicationId);
      telling.push(rows.record(row));
    }
  }
  return telling;
}
