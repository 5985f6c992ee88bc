import { type Hop, failingHop } from '../../src-shared/errors/failing-hop.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';

/** What became of a request: `refused` by Postern's own rules, or `failed` on the way to the backend or there. */
export type RequestTrouble = 'none' | 'refused' | 'failed';

/** Hops at which a rule sends a request away; what ends at another one has failed. */
const REFUSING_HOPS: ReadonlySet<Hop> = new Set(['client', 'sign-in', 'policy']);

export function troubleOf(code: ErrorCode | null): RequestTrouble {
  if (code === null) return 'none';
  return REFUSING_HOPS.has(failingHop(code)) ? 'refused' : 'failed';
}
