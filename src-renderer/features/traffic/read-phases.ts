import type { ConnectionOpening } from '../../../src-shared/connector/connection-opening.ts';
import type { TimedRequest } from '../../../src-shared/connector/traffic-record.ts';

type PhaseKind = 'queue' | 'dns' | 'connect' | 'tls' | 'prepare' | 'wait' | 'receive';

/** A part of the time that a request took. */
interface Phase {
  readonly kind: PhaseKind;
  readonly beginMs: number;
  readonly endMs: number;
}

/** When a phase ends; null where that was not reached. */
type Step = readonly [kind: PhaseKind, endMs: number | null];

/** What a request did not reach before it ended is left out; the time until its end belongs to the phase that it ended in. */
export function readPhases({ timing, connection, errorHop }: TimedRequest): Phase[] {
  const { sentMs, firstByteMs, totalMs } = timing;
  const isOpened = connection !== null && connection !== 'reused';
  const before: readonly Step[] = isOpened
    ? openingSteps(connection, sentMs !== null, errorHop)
    : [[connection === null ? 'prepare' : 'queue', sentMs]];
  const phases: Phase[] = [];
  let beginMs = 0;
  for (const [kind, reachedMs] of [...before, ['wait', firstByteMs], ['receive', totalMs]] satisfies Step[]) {
    const endMs = reachedMs ?? totalMs;
    if (endMs === null) break;
    phases.push({ kind, beginMs, endMs });
    if (reachedMs === null) break;
    beginMs = reachedMs;
  }
  return phases;
}

/** A name that was not looked up, and TLS that was not made, are none of its steps, unless it ended in them. */
function openingSteps(
  { beganMs, resolvedMs, connectedMs, securedMs }: ConnectionOpening,
  isSent: boolean,
  errorHop: TimedRequest['errorHop'],
): Step[] {
  const steps: Step[] = [['queue', beganMs]];
  if (resolvedMs !== null || errorHop === 'dns') steps.push(['dns', resolvedMs]);
  steps.push(['connect', connectedMs]);
  if (securedMs !== null || (connectedMs !== null && !isSent)) steps.push(['tls', securedMs]);
  return steps;
}
