import { expect, test } from 'vitest';
import { fetchGraphGroups } from '../../src-service/identity/graph-groups.ts';
import { IDENTITY_LIMITS } from '../../src-service/identity/identity-limits.ts';
import type { ProviderFetch } from '../../src-service/identity/provider-fetch.ts';

const BASE = 'https://graph.example/v1.0';

/** A Graph that answers out of memory. */
function makeGraph(pages: (url: string) => object): { fetch: ProviderFetch; urls: string[] } {
  const urls: string[] = [];
  const fetch: ProviderFetch = {
    fetch: (url) => {
      urls.push(url);
      return Promise.resolve(Response.json(pages(url)));
    },
  };
  return { fetch, urls };
}

const ids = (count: number, from: number): { id: string }[] =>
  Array.from({ length: count }, (_, index) => ({ id: `g${from + index}` }));

test('the access token goes to Graph alone, wherever the next page is said to be', async () => {
  for (const next of ['https://evil.example/v1.0/me', 'http://graph.example/v1.0/me', 'https://graph.example:444/']) {
    const { fetch, urls } = makeGraph(() => ({ value: ids(1, 0), '@odata.nextLink': next }));
    await expect(fetchGraphGroups(BASE, 'secret', fetch)).rejects.toThrow('not followed');
    expect(urls).toHaveLength(1);
  }
});

test('pages without end come to one: empty ones are refused, and groups beyond the bound are unknown', async () => {
  const empty = makeGraph(() => ({ value: [], '@odata.nextLink': `${BASE}/more` }));
  await expect(fetchGraphGroups(BASE, 't', empty.fetch)).rejects.toThrow('not followed');

  let count = 0;
  const endless = makeGraph(() => ({ value: ids(999, (count += 999)), '@odata.nextLink': `${BASE}/more` }));
  const found = await fetchGraphGroups(BASE, 't', endless.fetch);
  expect(found.isComplete).toBe(false);
  expect(found.ids).toHaveLength(IDENTITY_LIMITS.graphGroups);
});

test('a page that leads to itself comes to an end, and what is no group is refused', async () => {
  const circle = makeGraph(() => ({ value: ids(3, 0), '@odata.nextLink': `${BASE}/again` }));
  expect(await fetchGraphGroups(BASE, 't', circle.fetch)).toEqual({ ids: ['g0', 'g1', 'g2'], isComplete: false });
  const odd = makeGraph(() => ({ value: [{ name: 'no id' }] }));
  await expect(fetchGraphGroups(BASE, 't', odd.fetch)).rejects.toThrow('value');
});
