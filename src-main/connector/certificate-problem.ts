import type { PeerCertificate } from 'node:tls';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';

const CODES: Readonly<Record<string, WireErrorCode>> = {
  CERT_HAS_EXPIRED: 'BACKEND_CERTIFICATE_EXPIRED',
  CERT_NOT_YET_VALID: 'BACKEND_CERTIFICATE_EXPIRED',
  ERR_TLS_CERT_ALTNAME_INVALID: 'BACKEND_CERTIFICATE_NAME',
  HOSTNAME_MISMATCH: 'BACKEND_CERTIFICATE_NAME',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'BACKEND_CERTIFICATE_SELF_SIGNED',
  SELF_SIGNED_CERT_IN_CHAIN: 'BACKEND_CERTIFICATE_ISSUER',
  UNABLE_TO_GET_ISSUER_CERT: 'BACKEND_CERTIFICATE_ISSUER',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'BACKEND_CERTIFICATE_ISSUER',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'BACKEND_CERTIFICATE_ISSUER',
  CERT_UNTRUSTED: 'BACKEND_CERTIFICATE_ISSUER',
};

const SENTENCES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired, or one that vouches for it has',
  CERT_NOT_YET_VALID: 'is not valid yet; check the clock of this machine, too',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed, and this application trusts no such certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority that this machine does not trust',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an authority that this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that this machine does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'comes from an authority that this machine does not know, or the backend does not send the certificates between',
  CERT_REVOKED: 'was revoked by its authority',
};

/**
 * What is wrong with a backend's certificate (B48): the code, and a sentence that names the host and the problem.
 * @param code OpenSSL's or Node's verdict (`isCertificateError`)
 */
export function describeCertificateProblem(
  error: unknown,
  code: string,
  hostname: string | null,
): { readonly code: WireErrorCode; readonly cause: string } {
  const subject = hostname === null ? 'The certificate' : `The certificate of ${hostname}`;
  const own = error instanceof Error ? error.message : code;
  const problem = SENTENCES[code] ?? (code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? nameProblem(error) : 'is not trusted');
  return { code: CODES[code] ?? 'BACKEND_CERTIFICATE', cause: `${subject} ${problem} (${own}).` };
}

function nameProblem(error: unknown): string {
  const certificate = error instanceof Error && 'cert' in error ? (error.cert as Partial<PeerCertificate>) : {};
  const names = certificate.subjectaltname ?? certificate.subject?.CN;
  return names === undefined ? 'names no host' : `is for other names: ${String(names)}`;
}
