import type { PackedRows } from './packed-rows.ts';
import { countEnded, type TrafficCounts } from './traffic-counts.ts';

/** Where requests are counted. */
export interface CountingPlan {
  /** The step of time that a request belongs to: any whole number. */
  readonly stepOf: (startedAtMs: number, totalMs: number | null) => number;
  /** What counts those of an application in a step; asked anew only where one of the two is another than before. */
  readonly countsFor: (step: number, applicationId: string) => readonly TrafficCounts[];
}

/** Counts requests that have ended, each once, without building one. @param isCounted of a row, for those that have ended */
export function countPackedRows(
  rows: PackedRows,
  { stepOf, countsFor }: CountingPlan,
  isCounted: (row: number) => boolean = () => true,
): void {
  let lastStep = Number.NaN;
  let lastApplicationId: string | null = null;
  let counts: readonly TrafficCounts[] = [];
  for (let row = 0; row < rows.count; row += 1) {
    const outcome = rows.outcome(row);
    if (outcome === 'open' || !isCounted(row)) continue;
    const totalMs = rows.totalMs(row);
    const step = stepOf(rows.startedAtMs(row), totalMs);
    const applicationId = rows.applicationId(row);
    if (step !== lastStep || applicationId !== lastApplicationId) {
      counts = countsFor(step, applicationId);
      lastStep = step;
      lastApplicationId = applicationId;
    }
    const requestBytes = rows.requestBytes(row);
    const responseBytes = rows.responseBytes(row);
    const answerMs = rows.isUpgrade(row) ? null : totalMs;
    for (const each of counts) countEnded(each, outcome, rows.status(row), requestBytes, responseBytes, answerMs);
  }
}
