import { readFileSync } from 'node:fs';
import { type LookupFunction, isIP } from 'node:net';
import { lookup } from 'node:dns';
import { rootCertificates } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import { IDENTITY_LIMITS } from './identity-limits.ts';

/** A `fetch` to the identity provider, and how to end its connections. */
export interface ProviderFetch {
  readonly fetch: (url: string, options: object) => Promise<Response>;
  close(): Promise<void>;
}

/**
 * Makes a `fetch` that trusts the configured CA besides the public ones, resolves `*.localhost` to loopback
 * (RFC 6761 section 6.3; glibc doesn't), and follows no redirect.
 */
export function makeProviderFetch(caFile: string | undefined): ProviderFetch {
  const agent = new Agent({
    connect: {
      lookup: lookupWithLocalhost,
      ...(caFile === undefined ? {} : { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] }),
    },
    headersTimeout: IDENTITY_LIMITS.providerTimeoutMs,
    bodyTimeout: IDENTITY_LIMITS.providerTimeoutMs,
  });
  return {
    fetch: (url, options) => undiciFetch(url, { redirect: 'manual', ...options, dispatcher: agent } as never),
    close: () => agent.close(),
  };
}

const lookupWithLocalhost: LookupFunction = (hostname, options, callback) => {
  if (isIP(hostname) !== 0 || !hostname.endsWith('.localhost')) return lookup(hostname, options, callback);
  if (options.all === true) return callback(null, [{ address: '127.0.0.1', family: 4 }]);
  return callback(null, '127.0.0.1', 4);
};
