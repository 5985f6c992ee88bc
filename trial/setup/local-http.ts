import { readFileSync } from 'node:fs';

import { Agent, request } from 'undici';

export interface LocalRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LocalAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks one of the trial's own servers and reads the answer whole. Redirects are answers, not followed. */
export type LocalHttp = (url: string, init?: LocalRequest) => Promise<LocalAnswer>;

const TIMEOUT_MS = 10_000;

/**
 * An HTTP client for which every name is this machine: `*.localhost` does not resolve through glibc (RFC 6761, section
 * 6.3, leaves it to the caller). With a CA file, that authority is trusted and no other. It is no `fetch`, because that
 * says `Sec-Fetch-Mode: cors` of itself, and then nobody takes it for a browser that navigates.
 */
export function makeLocalHttp(caFile: string | null): { readonly http: LocalHttp; close(): Promise<void> } {
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
    http: async (url, init = {}) => {
      const answer = await request(url, {
        method: init.method ?? 'GET',
        headers: { ...init.headers },
        body: init.body ?? null,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        dispatcher,
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    },
    close: () => dispatcher.close(),
  };
}
