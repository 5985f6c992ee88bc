import { knownErrorCode } from '../../../src-shared/connector/request-failure.ts';
import { HOPS, type Hop } from '../../../src-shared/errors/failing-hop.ts';
import type { ErrorCode } from '../../../src-shared/errors/registry.ts';
import type { FailureFinding } from '../../../src-shared/ipc/diagnostics-models.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';

/** What became of a request, in the order in which a person wants to know. */
export type FindingVerdict =
  | {
      readonly kind: 'failed';
      readonly hop: Hop;
      readonly code: string;
      readonly cause: string;
      readonly remedy: string;
      /** As it stands in the logs; null where nothing more was said. */
      readonly said: string | null;
      readonly mayBeRepeated: boolean;
    }
  | { readonly kind: 'answered'; readonly status: number | null }
  | { readonly kind: 'open' }
  | { readonly kind: 'unknown' };

/** What both ends know, taken together: the service names the error, the connector the cause in the words of its network. */
export function explainFinding({ record, failure }: FailureFinding, text: Catalogue['why']): FindingVerdict {
  const { errors, hops } = text.explanation;
  const code: ErrorCode | null = (failure === null ? null : knownErrorCode(failure)) ?? record?.errorCode ?? null;
  const hop = failure?.hop ?? record?.errorHop ?? null;
  if (hop !== null && (code !== null || failure !== null)) {
    const own = code === null ? undefined : errors[code];
    const explanation = own ?? hops[hop];
    return {
      kind: 'failed',
      hop,
      code: code ?? failure?.errorCode ?? '',
      cause: explanation.cause,
      remedy: explanation.remedy,
      said: record?.errorCause ?? failure?.errorCause ?? failure?.summary ?? null,
      // What has words of its own says itself what helps.
      mayBeRepeated: own === undefined && failure?.mayBeRepeated === true,
    };
  }
  if (record === null) return { kind: 'unknown' };
  return record.outcome === 'open' ? { kind: 'open' } : { kind: 'answered', status: record.status };
}

/** How far a request came: every station up to the one where it failed. */
export function wayTo(hop: Hop): readonly { readonly hop: Hop; readonly state: 'passed' | 'failed' | 'notReached' }[] {
  const failedAt = HOPS.indexOf(hop);
  return HOPS.map((each, index) => ({
    hop: each,
    state: index < failedAt ? 'passed' : index === failedAt ? 'failed' : 'notReached',
  }));
}
