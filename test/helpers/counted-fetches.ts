import { type ProviderFetches, makeProviderFetches } from '../../src-service/identity/provider-fetch.ts';

/** The ways to the providers, and which URLs were asked for on them. */
export interface CountedFetches extends ProviderFetches {
  readonly urls: string[];
}

export function makeCountedFetches(): CountedFetches {
  const real = makeProviderFetches();
  const urls: string[] = [];
  return {
    urls,
    trusting: (caFile) => {
      const { fetch } = real.trusting(caFile);
      return {
        fetch: (url, options) => {
          urls.push(url);
          return fetch(url, options);
        },
      };
    },
    close: () => real.close(),
  };
}
