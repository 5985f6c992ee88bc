import { readFileSync } from 'node:fs';
import { type LookupFunction, isIP } from 'node:net';
import { lookup } from 'node:dns';
import { rootCertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
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

const lookupWithLocalhost: LookupFunction = (hostname, options, callback) => {
  if (isIP(hostname) !== 0 || !hostname.endsWith('.localhost')) return lookup(hostname, options, callback);
  if (options.all === true) return callback(null, [{ address: '127.0.0.1', family: 4 }]);
  return callback(null, '127.0.0.1', 4);
};
