import { X509Certificate } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { PROOF_TYPE } from '../../src-shared/wire/control.ts';
import type { ConnectorIdentity } from './connector-identity.ts';

/**
 * The proof that a connector gives at each dial: a JWT over the service's name and its fresh nonce, signed with the
 * connector's key, with the certificate chain in `x5c` (RFC 7515, section 4.1.6).
 */
export async function makeConnectorProof(
  identity: Pick<ConnectorIdentity, 'connectorId' | 'privateKey' | 'certificateChain'>,
  challenge: { readonly audience: string; readonly nonce: string },
  nowMs: number,
): Promise<string> {
  const key = await importPKCS8(identity.privateKey, 'ES256');
  return new SignJWT({ nonce: challenge.nonce })
    .setProtectedHeader({
      alg: 'ES256',
      typ: PROOF_TYPE,
      x5c: identity.certificateChain.map((pem) => new X509Certificate(pem).raw.toString('base64')),
    })
    .setSubject(identity.connectorId)
    .setAudience(challenge.audience)
    .setIssuedAt(Math.floor(nowMs / 1000))
    .sign(key);
}
