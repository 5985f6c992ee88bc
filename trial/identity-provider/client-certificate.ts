import { X509Certificate, createHash } from 'node:crypto';

import { decodeProtectedHeader } from 'jose';

/**
 * Whether a token request names the certificate of its key, as Entra demands: `x5t` or `x5t#S256` in the header of the client's
 * assertion. True where no assertion came.
 */
export function namesCertificate(form: Readonly<Record<string, string>>, certificate: string | undefined): boolean {
  const assertion = form['client_assertion'];
  if (assertion === undefined || certificate === undefined) return true;
  const { raw } = new X509Certificate(certificate);
  const thumbprint = (algorithm: string): string => createHash(algorithm).update(raw).digest('base64url');
  try {
    const header = decodeProtectedHeader(assertion);
    return header['x5t#S256'] === thumbprint('sha256') || (header['x5t#S256'] ?? header.x5t) === thumbprint('sha1');
  } catch {
    return false;
  }
}
