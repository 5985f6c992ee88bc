import { z } from 'zod';
import type { ErrorCode } from '../errors/registry.ts';

/** What the app knows of newer versions of itself: shapes, settings and bounds that window and main process share. */

/** What this copy of the app can do about a newer version. */
export type UpdateAbility =
  /** Downloads and installs it. */
  | 'installs'
  /** Says that it is there; it was unpacked from an archive, and a person replaces it. */
  | 'tells'
  /** Runs from its source, which has no feed. */
  | 'source'
  /** Its package names no publisher, so that nothing a feed says can be believed. */
  | 'noPublisher';

/** A newer version, as its publisher signed it. */
export interface UpdateRelease {
  readonly version: string;
  /** Plain text or Markdown; empty where the publisher wrote none. */
  readonly notes: string;
  /** Ms since the epoch; null where the publisher didn't say. */
  readonly releasedAtMs: number | null;
  /** Of the file for this machine; null where the feed has none. */
  readonly sizeBytes: number | null;
}

export type UpdatePhase = 'idle' | 'checking' | 'downloading' | 'ready' | 'installing';

export interface UpdateState {
  readonly ability: UpdateAbility;
  /** Made to try things with, from an Electron that is never shipped. */
  readonly isTestPackage: boolean;
  readonly builtInFeedUrl: string | null;
  /** Where it looks in place of the built-in feed; null for that. */
  readonly feedUrl: string | null;
  readonly isAutomatic: boolean;
  readonly phase: UpdatePhase;
  /** Null where none newer than this one is known. */
  readonly release: UpdateRelease | null;
  readonly progress: UpdateProgress | null;
  readonly lastCheck: UpdateCheck | null;
  /** What the last action failed with; null after a success. Its message is English. */
  readonly problem: { readonly code: ErrorCode; readonly message: string } | null;
}

export interface UpdateProgress {
  readonly receivedBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
}

export const updateCheckSchema = z.strictObject({
  /** Ms since the epoch. */
  atMs: z.number(),
  outcome: z.enum(['newest', 'newer', 'failed']),
});
export type UpdateCheck = z.infer<typeof updateCheckSchema>;

const MAX_FEED_URL_CHARACTERS = 1024;

export const updateSettingsSchema = z.strictObject({
  /** Whether the feed is asked once a day. */
  isAutomatic: z.boolean(),
  /** Null for the one that the package names. */
  feedUrl: z.string().trim().min(1).max(MAX_FEED_URL_CHARACTERS).nullable(),
});
export type UpdateSettings = z.infer<typeof updateSettingsSchema>;

export const DEFAULT_UPDATE_SETTINGS: UpdateSettings = { isAutomatic: true, feedUrl: null };

/** Whether an address may be a feed's: https, with no user, query or fragment in it. */
export function isFeedUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 'https:') return false;
  return url.username + url.password + url.search + url.hash === '';
}
