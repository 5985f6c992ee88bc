/** OpenSSL's verdicts on a chain, as Node names them (`X509_V_ERR_…` without its prefix), and Node's own. */
const CERTIFICATE_CODE =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH)/;

/** The code of an error, of its cause, or of the first attempt where several addresses were tried; empty where none has one. */
export function errorCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return errorCodeOf(error.errors[0]);
  return error.cause === undefined ? '' : errorCodeOf(error.cause);
}

/** Whether a code is a verdict on the other side's certificate. */
export function isCertificateError(code: string): boolean {
  return CERTIFICATE_CODE.test(code);
}
