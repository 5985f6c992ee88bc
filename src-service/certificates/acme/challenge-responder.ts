import { generateKeyPairSync } from 'node:crypto';
import { type SecureContext, createSecureContext } from 'node:tls';
import { type Authorization, crypto } from 'acme-client';

/** What stands ready for an authority that looks whether a host is ours; there only while an order is under way. */
export class ChallengeResponder {
  readonly #http = new Map<string, string>();
  readonly #tls = new Map<string, SecureContext>();

  /** The answer at `HTTP_CHALLENGE_PATH` + token (RFC 8555 section 8.3). */
  httpAnswer(token: string): string | undefined {
    return this.#http.get(token);
  }

  /** The certificate for a handshake with `ACME_TLS_PROTOCOL`; undefined where nobody asked for that host. */
  tlsContext(servername: string): SecureContext | undefined {
    return this.#tls.get(servername.toLowerCase());
  }

  /** @returns the way to take the answer away */
  answerHttp(token: string, keyAuthorization: string): () => void {
    this.#http.set(token, keyAuthorization);
    return () => void this.#http.delete(token);
  }

  /** @returns the way to take the answer away */
  async answerTls(authorization: Authorization, keyAuthorization: string): Promise<() => void> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' });
    const [, cert] = await crypto.createAlpnCertificate(authorization, keyAuthorization, String(key));
    const hostname = authorization.identifier.value.toLowerCase();
    this.#tls.set(hostname, createSecureContext({ cert, key: String(key) }));
    return () => void this.#tls.delete(hostname);
  }
}
