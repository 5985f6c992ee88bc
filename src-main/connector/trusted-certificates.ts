import { getCACertificates } from 'node:tls';

/**
 * The authorities to check the service against, in PEM: Node's own, those of the operating system, and `extra` (a private
 * authority, or a network's TLS inspection).
 */
export function trustedCertificates(extra: readonly string[]): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...extra])];
}
