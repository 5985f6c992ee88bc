import { z } from 'zod';
import type { RequestFailure } from '../connector/request-failure.ts';
import type { TrafficRecord } from '../connector/traffic-record.ts';
import { PATH_CHECK_HOPS } from './window-models.ts';

/** What the page “Diagnostics” and the main process speak of. */

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_SOURCES = ['app', 'engine'] as const;
export type LogSource = (typeof LOG_SOURCES)[number];

/** One line of the log of the app or of its engine. */
export interface LogEntry {
  /** Rises by one with each line of a run. */
  readonly sequence: number;
  readonly atMs: number;
  readonly level: LogLevel;
  readonly source: LogSource;
  /** Its stable dotted name. */
  readonly event: string;
  /** Its fields, as `name=value`. */
  readonly text: string;
}

export interface LogPage {
  /** Oldest first. */
  readonly entries: readonly LogEntry[];
  readonly folder: string;
}

/** What is looked at on this machine, beside the way to the service. */
const LOCAL_CHECKS = ['history', 'keyStore', 'disk', 'engine', 'certificate'] as const;

/** One finding of the self-test. */
export const selfTestStepSchema = z.strictObject({
  check: z.enum([...PATH_CHECK_HOPS, ...LOCAL_CHECKS]),
  /** `warned`: it works, and somebody should look. */
  outcome: z.enum(['passed', 'warned', 'failed', 'skipped']),
  /** What was found, in one line. */
  detail: z.string(),
});
export type SelfTestStep = z.infer<typeof selfTestStepSchema>;
export type SelfTestCheck = SelfTestStep['check'];

/** A file of a support bundle, to look at before it is given away. */
export const bundleFileSchema = z.strictObject({
  name: z.string(),
  bytes: z.number().int(),
  /** The file as it goes out; of a long one its beginning. */
  preview: z.string(),
  isCut: z.boolean(),
});
export type BundleFile = z.infer<typeof bundleFileSchema>;

/** All that is known of a request by its activity id. */
export interface FailureFinding {
  readonly activityId: string;
  /** As this connector saw it; null where it did not come here. */
  readonly record: TrafficRecord | null;
  /** As the service saw it; null where it knows of no failure. */
  readonly failure: RequestFailure | null;
  /** Why the service could not be asked; null where it was. */
  readonly serviceProblem: string | null;
}
