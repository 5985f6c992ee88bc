import { z } from 'zod';
import { IDENTITY_LIMITS } from './identity-limits.ts';
import type { ProviderFetch } from './provider-fetch.ts';

/** The groups of a person as far as Graph told them. */
export interface GraphGroups {
  readonly ids: readonly string[];
  /** Whether these are all. */
  readonly isComplete: boolean;
}

const pageSchema = z.looseObject({
  value: z.array(z.looseObject({ id: z.string().min(1).max(256) })),
  '@odata.nextLink': z.string().optional(),
});

/** Graph gives so many at most at once. */
const PAGE_SIZE = 999;
/** It may give fewer; a link that leads back to its own page must come to an end. */
const MAX_PAGES = 100;

/**
 * Asks Microsoft Graph for the groups that a person is in, those in groups too (`/me/transitiveMemberOf`): with more than 200
 * Entra names none in a token.
 * @param accessToken of that person, for Graph
 * @throws Error saying what Graph answered, and whatever `fetch` throws
 */
export async function fetchGraphGroups(
  baseUrl: string,
  accessToken: string,
  providerFetch: ProviderFetch,
): Promise<GraphGroups> {
  const base = new URL(`${baseUrl.replace(/\/$/, '')}/`);
  const first = new URL('me/transitiveMemberOf/microsoft.graph.group', base);
  // The cast to one kind of object is an "advanced query" to Graph, which wants both of these.
  first.search = `?$select=id&$count=true&$top=${PAGE_SIZE}`;
  const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}`, consistencylevel: 'eventual' };
  const signal = AbortSignal.timeout(IDENTITY_LIMITS.graphTimeoutMs);
  const ids = new Set<string>();
  let next: URL | null = first;
  for (let count = 0; next !== null; count++) {
    if (count >= MAX_PAGES) return { ids: [...ids], isComplete: false };
    const answer = await providerFetch.fetch(next.href, { headers, signal });
    if (answer.status !== 200) throw new Error(`Graph answered ${answer.status}: ${await readReason(answer)}`);
    const page = pageSchema.parse(await answer.json());
    for (const { id } of page.value) {
      if (ids.size >= IDENTITY_LIMITS.graphGroups) return { ids: [...ids], isComplete: false };
      ids.add(id);
    }
    const link: string | undefined = page['@odata.nextLink'];
    next = link === undefined ? null : new URL(link);
    // The token goes along: to nobody but Graph. And a page without groups must not lead on for ever.
    if (next !== null && (next.origin !== base.origin || page.value.length === 0)) {
      throw new Error(`Graph points to a next page that is not followed, at ${next.origin}.`);
    }
  }
  return { ids: [...ids], isComplete: true };
}

/** Graph's own code and words, shortened. */
async function readReason(answer: Response): Promise<string> {
  const text = await answer.text().catch(() => '');
  return text.replaceAll(/\s+/g, ' ').slice(0, 300);
}
