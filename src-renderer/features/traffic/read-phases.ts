import type { TrafficTiming } from '../../../src-shared/connector/traffic-record.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';

/** A part of the time that a request took. */
interface Phase {
  readonly title: string;
  readonly beginMs: number;
  readonly endMs: number;
  readonly kind: 'connect' | 'wait' | 'receive';
}

/** What a request did not reach before it ended is left out; the time until its end belongs to the phase that it ended in. */
export function readPhases(
  { sentMs, firstByteMs, totalMs }: TrafficTiming,
  text: Pick<Catalogue['traffic'], 'connectAndSend' | 'wait' | 'receive'>,
): Phase[] {
  const steps = [
    { title: text.connectAndSend, kind: 'connect', endMs: sentMs },
    { title: text.wait, kind: 'wait', endMs: firstByteMs },
    { title: text.receive, kind: 'receive', endMs: totalMs },
  ] as const;
  const phases: Phase[] = [];
  let beginMs = 0;
  for (const { title, kind, endMs: reachedMs } of steps) {
    const endMs = reachedMs ?? totalMs;
    if (endMs === null) break;
    phases.push({ title, kind, beginMs, endMs });
    if (reachedMs === null) break;
    beginMs = reachedMs;
  }
  return phases;
}
