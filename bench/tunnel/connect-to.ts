import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import type { Target } from './peer.ts';

/** One for all connections to an authority's servers: reading it anew would be most of what a handshake costs. */
const contexts = new Map<string, SecureContext>();

/** Opens a connection to a target as a user does; what is written meanwhile waits. */
export function connectTo({ port, headers, caFile }: Target): Socket {
  const address = { port, host: '127.0.0.1' };
  if (caFile === undefined) return connect({ ...address, noDelay: true });
  const secureContext = contexts.get(caFile) ?? createSecureContext({ ca: readFileSync(caFile) });
  contexts.set(caFile, secureContext);
  return connectTls({
    ...address,
    secureContext,
    servername: new URL(`https://${headers['Host'] ?? ''}`).hostname,
  }).setNoDelay(true);
}
