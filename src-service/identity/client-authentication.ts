import { type KeyObject, X509Certificate, createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as client from 'openid-client';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { IdentityProviderConfiguration } from '../config/identity-provider-configuration.ts';

/** How the service shows a provider who it is, once the provider has told what it takes. */
export type ClientAuthentication = (metadata: client.ServerMetadata) => Promise<client.ClientAuth>;

/**
 * Reads what the configuration says of the service's own credentials at a provider.
 * @throws PosternError `CONFIG_INVALID` where a file can't be read or its content can't be used
 */
export function readClientAuthentication(configuration: IdentityProviderConfiguration): ClientAuthentication {
  const { clientSecret, clientKeyFile } = configuration;
  if (clientKeyFile !== undefined) return readKeyAuthentication(configuration, clientKeyFile);
  return (metadata) => {
    const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    // Where both are offered the body is taken: Basic asks for form-encoded credentials, which not every provider decodes.
    const method =
      configuration.clientAuthentication ??
      (methods.includes('client_secret_post') ? 'client_secret_post' : 'client_secret_basic');
    const make = method === 'client_secret_post' ? client.ClientSecretPost : client.ClientSecretBasic;
    return Promise.resolve(make(clientSecret));
  };
}

/** `private_key_jwt` (OpenID Connect Core section 9, RFC 7523). */
function readKeyAuthentication(configuration: IdentityProviderConfiguration, keyFile: string): ClientAuthentication {
  const { id, kind, clientCertificateFile, clientKeyId } = configuration;
  const refuse = (key: string, reason: string, cause?: unknown): PosternError =>
    new PosternError('CONFIG_INVALID', { message: `identityProviders, "${id}": ${key}: ${reason}.`, cause });
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(readFileSync(keyFile));
  } catch (error) {
    throw refuse('clientKeyFile', `${keyFile} is no readable private key in PEM without a password`, error);
  }
  const isRsa = privateKey.asymmetricKeyType === 'rsa';
  if (!isRsa && privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw refuse('clientKeyFile', 'must be an RSA key, or one on the curve P-256');
  }
  let certificate: X509Certificate | null = null;
  if (clientCertificateFile !== undefined) {
    try {
      certificate = new X509Certificate(readFileSync(clientCertificateFile));
    } catch (error) {
      throw refuse('clientCertificateFile', `${clientCertificateFile} is no readable certificate in PEM`, error);
    }
    if (!certificate.checkPrivateKey(privateKey)) {
      throw refuse('clientCertificateFile', 'is the certificate of another key than the one in clientKeyFile');
    }
  }
  const thumbprint = (algorithm: 'sha1' | 'sha256'): string | undefined =>
    certificate === null ? undefined : createHash(algorithm).update(certificate.raw).digest('base64url');
  const x5tS256 = thumbprint('sha256');
  const x5t = thumbprint('sha1');
  return async (metadata) => {
    const algorithms = metadata['token_endpoint_auth_signing_alg_values_supported'];
    // Entra asks for PS256; others know RS256 at least, unless they say so.
    const isPss =
      kind === 'entra' || (Array.isArray(algorithms) && algorithms.includes('PS256') && !algorithms.includes('RS256'));
    const algorithm = isRsa
      ? { name: isPss ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: 'P-256' };
    const key = privateKey.toCryptoKey(algorithm, false, ['sign']);
    return client.PrivateKeyJwt(clientKeyId === undefined ? key : { key, kid: clientKeyId }, {
      [client.modifyAssertion]: (header, payload) => {
        if (x5tS256 !== undefined && x5t !== undefined) Object.assign(header, { typ: 'JWT', x5t, 'x5t#S256': x5tS256 });
        // Entra knows no other audience than its token endpoint; to others the issuer leaves no doubt (RFC 7523bis).
        if (kind === 'entra') payload['aud'] = metadata.token_endpoint ?? metadata.issuer;
      },
    });
  };
}
