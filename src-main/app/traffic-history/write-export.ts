import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { makeTrafficMatcher, type TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { ExportFormat, ExportProgress } from '../../../src-shared/connector/traffic-history.ts';
import type { TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { CSV_HEAD, toCsvLine } from './csv.ts';
import { HAR_FOOT, harHead, toHarEntry } from './har.ts';

/** Rows between which others get their turn. */
const STEP_ROWS = 1000;

export interface ExportQuery {
  readonly file: string;
  readonly format: ExportFormat;
  readonly filter: TrafficFilter;
  /** Of this app; a HAR names who made it. */
  readonly version: string;
}

export interface ExportSource {
  /** How many requests are kept. */
  readonly count: () => number;
  /** The next rows after a sequence, oldest first; none at the end. */
  readonly readAfter: (sequence: number, rows: number) => readonly TrafficRecord[];
  /** The headers of a request; null where they are not kept. */
  readonly readHeads: (sequence: number) => TrafficHeads | null;
}

/**
 * Writes what matches to a file, oldest first, a step at a time so that the thread goes on with what comes in. The file
 * appears under its name when it is whole. @throws AbortError when `signal` says so, and what the disk says.
 */
export async function writeExport(
  source: ExportSource,
  { file, format, filter, version }: ExportQuery,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportProgress> {
  const draft = `${file}.part`;
  const output = createWriteStream(draft, { mode: 0o600 });
  const matches = makeTrafficMatcher(filter);
  const progress = { written: 0, looked: 0, total: source.count() };
  try {
    await once(output, 'open', { signal });
    output.write(format === 'csv' ? CSV_HEAD : harHead(version));
    for (let after = 0; ;) {
      signal.throwIfAborted();
      const rows = source.readAfter(after, STEP_ROWS);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.sequence;
      progress.looked += rows.length;
      const wanted = rows.filter(matches);
      const text = wanted
        .map((record, index) => {
          if (format === 'csv') return toCsvLine(record);
          return `${progress.written + index === 0 ? '' : ',\n'}${JSON.stringify(toHarEntry(record, source.readHeads(record.sequence)))}`;
        })
        .join('');
      progress.written += wanted.length;
      // One step after the other: that is what holds the memory down.
      if (!output.write(text)) await once(output, 'drain', { signal });
      onProgress({ ...progress });
      await nextTurn();
    }
    const finished = once(output, 'finish', { signal });
    output.end(format === 'csv' ? '' : HAR_FOOT);
    await finished;
    await rename(draft, file);
    return progress;
  } catch (error) {
    // A file that is still being opened appears after all; once it is closed there is nothing more to come.
    if (!output.closed) {
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      output.once('close', resolve);
      // What waited to be written fails now, which is no news.
      output.on('error', () => undefined);
      output.destroy();
      await closed;
    }
    await rm(draft, { force: true });
    throw error;
  }
}
