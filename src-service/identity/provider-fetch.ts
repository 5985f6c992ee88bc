import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { ADDRCONFIG } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { rootCertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import { NameLookups } from '../../src-shared/addresses/name-lookups.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';

/** A `fetch` to an identity provider. */
export interface ProviderFetch {
  readonly fetch: (url: string, options: object) => Promise<Response>;
}

/** The ways to all identity providers: one for each set of authorities, lest one provider's be trusted for another. */
export interface ProviderFetches {
  /** @param caFile PEM of authorities to trust beside the public ones. @throws PosternError `CONFIG_INVALID` */
  trusting(caFile: string | undefined): ProviderFetch;
  /** Ends their connections. */
  close(): Promise<void>;
}

/** Makes the ways to the providers. They resolve `*.localhost` to loopback (RFC 6761 section 6.3; glibc doesn't), and follow no redirect. */
export function makeProviderFetches(): ProviderFetches {
  const agents = new Map<string | undefined, Agent>();
  return {
    trusting: (caFile) => {
      const agent = agents.get(caFile) ?? makeAgent(caFile);
      agents.set(caFile, agent);
      return {
        fetch: (url, options) => undiciFetch(url, { redirect: 'manual', ...options, dispatcher: agent } as never),
      };
    },
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.close()));
    },
  };
}

function makeAgent(caFile: string | undefined): Agent {
  return new Agent({
    connect: {
      lookup: lookupWithLocalhost,
      autoSelectFamily: true,
      ...(caFile === undefined ? {} : { ca: [...rootCertificates, readAuthorities(caFile)] }),
    },
    headersTimeout: IDENTITY_LIMITS.providerTimeoutMs,
    bodyTimeout: IDENTITY_LIMITS.providerTimeoutMs,
  });
}

function readAuthorities(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PosternError('CONFIG_INVALID', { message: `caFile of a provider: ${reason}.`, cause: error });
  }
}

/** Those of the whole process, whose threads they share. */
const names = new NameLookups({
  resolve: async (hostname) =>
    hostname.endsWith('.localhost')
      ? [{ address: '127.0.0.1', family: 4 }]
      : lookup(hostname, { all: true, hints: process.platform === 'win32' ? 0 : ADDRCONFIG }),
  now: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
});

/** Tries all addresses of a name, as net.connect does that picks the family by itself. */
const lookupWithLocalhost: LookupFunction = (hostname, _options, answer) => {
  names.find(hostname).then(
    (found) => answer(null, [...found]),
    (error: NodeJS.ErrnoException) => answer(error, []),
  );
};
