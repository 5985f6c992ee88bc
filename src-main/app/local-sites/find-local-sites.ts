import { networkInterfaces } from 'node:os';
import type { LocalSite } from '../../../src-shared/ipc/local-site.ts';
import { askSite } from './ask-site.ts';
import { type CandidateOptions, listSiteCandidates } from './site-candidates.ts';

/** docs/limits.md has these. */
const MAX_CANDIDATES = 96;
const MAX_SITES = 24;
const CONCURRENCY = 8;
const TIME_LIMIT_MS = 8000;

export type FindLocalSitesOptions = Pick<CandidateOptions, 'leftOutPorts' | 'readSockets' | 'guard'>;

/**
 * What answers HTTP on this machine, likeliest first. Asks addresses of this machine alone, and ends in time with what it
 * has found until then.
 */
export async function findLocalSites(options: FindLocalSitesOptions): Promise<LocalSite[]> {
  const ownAddresses = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
  const candidates = await listSiteCandidates({ ...options, ownAddresses, limit: MAX_CANDIDATES });
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  const found: LocalSite[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (
      let candidate = candidates[next++];
      candidate !== undefined && !signal.aborted;
      candidate = candidates[next++]
    ) {
      const site = await askSite(candidate, signal);
      if (site !== null) found.push(site);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return found.toSorted((one, other) => rank(one) - rank(other) || portOf(one) - portOf(other)).slice(0, MAX_SITES);
}

/** Pages for people first; what answers only at other paths last. */
function rank({ title, status }: LocalSite): number {
  if (status >= 400 && status !== 401 && status !== 403) return 2;
  return title === null ? 1 : 0;
}

function portOf({ url }: LocalSite): number {
  return Number(new URL(url).port);
}
