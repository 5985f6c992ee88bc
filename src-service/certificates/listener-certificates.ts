import type { SecureContext } from 'node:tls';

/** Where a TLS listener takes its certificates from, at every handshake and from memory. */
export interface ListenerCertificates {
  /** For clients that name no host, or one that nothing is known of; PEM. */
  readonly fallback: { readonly cert: string; readonly key: string };
  /** @returns the way to end the subscription */
  onFallbackChange(listener: () => void): () => void;
  /** The certificate of a server name (RFC 6066 section 3); undefined: the fallback. */
  contextFor(servername: string): SecureContext | undefined;
  /** Answers an ACME authority by TLS (RFC 8737); null where none asks. */
  readonly challenges: { tlsContext(servername: string): SecureContext | undefined } | null;
}
