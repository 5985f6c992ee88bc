import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { ADDRCONFIG } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { rootCertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import { lookupThreads, NameLookups } from '../../src-shared/addresses/name-lookups.ts';
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

/** Makes the ways to the providers, once for a process, whose look-up threads they share. They resolve `*.localhost` to loopback (RFC 6761 section 6.3; glibc doesn't), and follow no redirect. */
export function makeProviderFetches(): ProviderFetches {
  const agents = new Map<string | undefined, Agent>();
  const lookup = lookupWith(makeNameLookups());
  return {
    trusting: (caFile) => {
      const agent = agents.get(caFile) ?? makeAgent(caFile, lookup);
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

function makeAgent(caFile: string | undefined, lookup: LookupFunction): Agent {
  return new Agent({
    connect: {
      lookup,
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

function makeNameLookups(): NameLookups {
  return new NameLookups({
    resolve: async (hostname) =>
      hostname.endsWith('.localhost')
        ? [{ address: '127.0.0.1', family: 4 }]
        : systemLookup(hostname, { all: true, hints: process.platform === 'win32' ? 0 : ADDRCONFIG }),
    threads: lookupThreads(process.env['UV_THREADPOOL_SIZE']),
    now: () => performance.now(),
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
  });
}

/** Tries all addresses of a name, as net.connect does that picks the family by itself. */
function lookupWith(names: NameLookups): LookupFunction {
  return (hostname, _options, answer) => {
    names.find(hostname).then(
      (found) => answer(null, [...found]),
      (error: NodeJS.ErrnoException) => answer(error, []),
    );
  };
}
