import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';

/** What went wrong between the service and a provider, for whoever operates the service: the reason, then the remedy. */
export class ProviderTrouble extends Error {
  constructor(reason: string, remedy: string, cause?: unknown) {
    super(`${reason} ${remedy}`, cause === undefined ? undefined : { cause });
    this.name = 'ProviderTrouble';
  }
}

/** What Node says of a certificate that it doesn't trust, and what to do about it. */
const CERTIFICATE_REMEDIES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "The provider's certificate has expired: renew it there.",
  CERT_NOT_YET_VALID: "The provider's certificate is not valid yet: check the clock of this machine.",
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another host: check the spelling of the issuer and the DNS.',
};
const UNKNOWN_AUTHORITY = /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA|ERR_TLS_CERT)/;

/** Why a call to a provider failed on the way; null where the provider answered. */
export function describeNetworkTrouble(
  error: unknown,
  host: string,
): { code: ErrorCode; trouble: ProviderTrouble } | null {
  const [code, name] = innermost(error);
  const unreachable = (reason: string, remedy: string): { code: ErrorCode; trouble: ProviderTrouble } => ({
    code: 'SIGNIN_PROVIDER',
    trouble: new ProviderTrouble(reason, remedy, error),
  });
  if (name === 'TimeoutError' || code === 'OAUTH_TIMEOUT' || /TIMEOUT|ETIMEDOUT/.test(code)) {
    return unreachable(`${host} did not answer in time.`, 'Check firewall, proxy and the provider itself.');
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL' || code === 'EAI_NODATA') {
    return unreachable(`DNS has no address for ${host} (${code}).`, 'Check the issuer and the DNS of this machine.');
  }
  if (CERTIFICATE_REMEDIES[code] !== undefined || UNKNOWN_AUTHORITY.test(code)) {
    const remedy =
      CERTIFICATE_REMEDIES[code] ?? 'Put the certificate of its authority (PEM) into a file and name it in caFile.';
    const trouble = new ProviderTrouble(`The TLS certificate of ${host} is not trusted (${code}).`, remedy, error);
    return { code: 'SIGNIN_PROVIDER_UNTRUSTED', trouble };
  }
  if (/^(?:ERR_SSL|EPROTO)/.test(code)) {
    return unreachable(`${host} does not speak TLS there (${code}).`, 'Check scheme and port of the issuer.');
  }
  if (/^(?:E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(code)) {
    return unreachable(`${host} cannot be connected to (${code}).`, 'Check host, port and firewall, and that it runs.');
  }
  return null;
}

/** The error for a call that failed on the way. What it says to users names no host: that is for the log. */
export function unreachableProvider(displayName: string, error: unknown, host: string): PosternError {
  const found = describeNetworkTrouble(error, host);
  if (found === null) return new PosternError('SIGNIN_PROVIDER', { cause: error });
  const message =
    found.code === 'SIGNIN_PROVIDER'
      ? `The identity provider ${displayName} cannot be reached right now.`
      : `The connection to the identity provider ${displayName} is not secure, so it was not used.`;
  return new PosternError(found.code, { message, cause: found.trouble });
}

/** Code and name of the error at the bottom; undici and openid-client wrap what they meet. */
function innermost(error: unknown): [code: string, name: string] {
  let code = '';
  let name = '';
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    const own: unknown = Reflect.get(current, 'code');
    if (typeof own === 'string') code = own;
    ({ name } = current);
    // Happy Eyeballs failed at each address: the first reason stands for all.
    current = current instanceof AggregateError && current.errors.length > 0 ? current.errors[0] : current.cause;
  }
  return [code, name];
}
