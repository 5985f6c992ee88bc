import { readFileSync } from 'node:fs';

import { Agent, fetch } from 'undici';
import type { RequestInit, Response } from 'undici';

/** Asks the trial's own servers. Redirects are answers, not followed. */
export type LocalFetch = (url: string, init?: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 10_000;

/**
 * A fetch in which every name is this machine: `*.localhost` does not resolve through glibc (RFC 6761, section 6.3,
 * leaves it to the caller). With a CA file, that authority is trusted and no other.
 */
export function makeLocalFetch(caFile: string | null): { fetch: LocalFetch; close(): Promise<void> } {
  const dispatcher = new Agent({
    connect: {
      ...(caFile === null ? {} : { ca: readFileSync(caFile, 'utf8') }),
      lookup: (_name, options, callback) => {
        if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
        else callback(null, '127.0.0.1', 4);
      },
    },
  });
  return {
    fetch: (url, init) =>
      fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS), ...init, dispatcher }),
    close: () => dispatcher.close(),
  };
}
