import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ConnectorApplication } from '../../src-shared/publishing/connector-configuration.ts';
import { trustedCertificates } from './trusted-certificates.ts';

/** Options of `tls.connect` that say whom to trust. */
export interface BackendTls {
  readonly rejectUnauthorized: boolean;
  readonly secureContext?: SecureContext;
  readonly servername?: string;
}

type Trusting = Pick<ConnectorApplication, 'isBackendCertificateValidationEnabled' | 'backendTrustedCertificates'>;

const UNCHECKED: BackendTls = { rejectUnauthorized: false };

/**
 * Whom the connector trusts for backends: Node's authorities and the operating system's, where a company installs its own,
 * and those that an application brings for itself (B48). One context of OpenSSL for each set, made at its first use, since
 * reading some hundred certificates for every connection would cost more than the handshake.
 */
export class BackendTrust {
  readonly #contexts = new Map<string, SecureContext>();

  /** Names a trust, for telling apart connections that may not be shared. */
  keyOf({ isBackendCertificateValidationEnabled, backendTrustedCertificates }: Trusting): string {
    if (!isBackendCertificateValidationEnabled) return 'unchecked';
    if (backendTrustedCertificates === '') return 'checked';
    return `checked-${createHash('sha256').update(backendTrustedCertificates).digest('base64url')}`;
  }

  /** @throws PosternError `BACKEND_CERTIFICATE_ISSUER` when the certificates can't be read */
  tlsFor(application: Trusting): BackendTls {
    if (!application.isBackendCertificateValidationEnabled) return UNCHECKED;
    const pem = application.backendTrustedCertificates;
    let secureContext = this.#contexts.get(pem);
    if (secureContext === undefined) {
      secureContext = makeContext(pem);
      this.#contexts.set(pem, secureContext);
    }
    return { rejectUnauthorized: true, secureContext };
  }

  /** Forgets what none of the applications needs. */
  retain(applications: readonly Trusting[]): void {
    const kept = new Set(applications.map((application) => application.backendTrustedCertificates));
    for (const pem of this.#contexts.keys()) if (!kept.has(pem)) this.#contexts.delete(pem);
  }
}

function makeContext(pem: string): SecureContext {
  try {
    return createSecureContext({ ca: trustedCertificates(pem === '' ? [] : [pem]) });
  } catch (error) {
    throw new PosternError('BACKEND_CERTIFICATE_ISSUER', {
      message: 'The certificates in backendTrustedCertificates can not be read.',
      cause: error,
    });
  }
}
