import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { errorCodeOf, isCertificateError } from './error-codes.ts';

const UNRESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME']);

/** Reads an error of a socket, resolver, TLS or undici on the way to the service as one of the `SERVICE_…` codes. */
export function describeServiceError(error: unknown, address: string): PosternError {
  if (error instanceof PosternError) return error;
  const code = errorCodeOf(error);
  const detail = error instanceof Error && error.message !== '' ? error.message : code;
  if (UNRESOLVED.has(code)) {
    return new PosternError('SERVICE_UNRESOLVED', {
      message: `The name in ${address} could not be resolved (${code}).`,
      cause: error,
    });
  }
  if (isCertificateError(code)) {
    return new PosternError('SERVICE_CERTIFICATE', {
      message: `This machine does not trust the certificate of ${address}: ${detail}.`,
      cause: error,
    });
  }
  // A TLS handshake that meets plain text, or HTTP that meets something else.
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('HPE_')) {
    return new PosternError('SERVICE_NOT_POSTERN', {
      message: `What answered at ${address} does not speak ${address.startsWith('https') ? 'TLS' : 'HTTP'}: ${detail}.`,
      cause: error,
    });
  }
  return new PosternError('SERVICE_UNREACHABLE', {
    message: `${address} could not be reached: ${detail}.`,
    cause: error,
  });
}
