import type { TLSSocket } from 'node:tls';
import type { CertificateShelf } from '../certificates/certificate-shelf.ts';
import type { UserRequest } from '../relay/user-http.ts';
import type { TrustedProxies } from './client-address.ts';

/** Finds requests that came over a connection whose certificate does not cover their host (RFC 9110 section 15.5.20). */
export class Misdirection {
  readonly #certificates: Pick<CertificateShelf, 'isMisdirected'>;
  readonly #proxies: TrustedProxies;

  constructor(certificates: Pick<CertificateShelf, 'isMisdirected'>, proxies: TrustedProxies) {
    this.#certificates = certificates;
    this.#proxies = proxies;
  }

  /**
   * Only HTTP/2 shares a connection among hosts. A client that named no server did not check the certificate by a name, and
   * a trusted proxy carries requests for all hosts over connections to one.
   */
  applies(request: UserRequest, hostname: string): boolean {
    if (request.httpVersionMajor !== 2) return false;
    const socket = request.socket as TLSSocket & { servername?: string | false };
    const { servername } = socket;
    if (typeof servername !== 'string' || !this.#certificates.isMisdirected(servername, hostname)) return false;
    return !this.#proxies.isTrusted(socket.remoteAddress ?? '');
  }
}
