import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** The `fetch` of Chromium's network stack (system proxy, PAC, system trust store), or any other of the same shape. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** What a person has to know about a request to the service that got no answer. Chromium says `net::ERR_…`. */
export function describeServiceFailure(error: unknown, address: string): PosternError {
  if (error instanceof PosternError) return error;
  const host = URL.canParse(address) ? new URL(address).host : address;
  const text = error instanceof Error ? error.message : String(error);
  const name = /net::(ERR_[A-Z0-9_]+)/.exec(text)?.[1] ?? '';
  if (/^ERR_(?:NAME_NOT_RESOLVED|DNS_|ICANN_)/.test(name)) {
    return new PosternError('SERVICE_UNRESOLVED', {
      message: `No machine with the name ${host} was found.`,
      cause: error,
    });
  }
  if (name === 'ERR_SSL_PROTOCOL_ERROR') {
    return new PosternError('SERVICE_NOT_POSTERN', { message: `${host} does not speak https.`, cause: error });
  }
  if (/^ERR_(?:CERT_|SSL_|BAD_SSL)/.test(name)) return describeCertificateFailure(name, host, error);
  return new PosternError('SERVICE_UNREACHABLE', { message: describeUnreachable(name, host, error), cause: error });
}

function describeCertificateFailure(name: string, host: string, cause: unknown): PosternError {
  const trouble =
    name === 'ERR_CERT_AUTHORITY_INVALID'
      ? `The certificate of ${host} is signed by an authority that this machine does not trust.`
      : name === 'ERR_CERT_DATE_INVALID'
        ? `The certificate of ${host} is not valid at this machine's date.`
        : name === 'ERR_CERT_COMMON_NAME_INVALID'
          ? `The certificate of the server does not name ${host}.`
          : `No secure connection to ${host} came about (${name}).`;
  return new PosternError('SERVICE_CERTIFICATE', { message: trouble, cause });
}

function describeUnreachable(name: string, host: string, error: unknown): string {
  switch (name) {
    case 'ERR_CONNECTION_REFUSED':
      return `${host} refuses the connection: nothing listens there.`;
    case 'ERR_TIMED_OUT':
    case 'ERR_CONNECTION_TIMED_OUT':
      return `${host} did not answer in time.`;
    case 'ERR_INTERNET_DISCONNECTED':
    case 'ERR_NETWORK_CHANGED':
    case 'ERR_ADDRESS_UNREACHABLE':
      return `This machine has no way to ${host} at the moment.`;
    case 'ERR_PROXY_CONNECTION_FAILED':
    case 'ERR_TUNNEL_CONNECTION_FAILED':
      return `The outbound proxy of this machine did not let the connection to ${host} through.`;
    case 'ERR_EMPTY_RESPONSE':
    case 'ERR_CONNECTION_RESET':
    case 'ERR_CONNECTION_CLOSED':
    case 'ERR_INVALID_HTTP_RESPONSE':
      return `${host} closed the connection without an answer. It may expect https instead of http, or be no web server.`;
    default: {
      const isTimeout = error instanceof Error && error.name === 'TimeoutError';
      return isTimeout
        ? `${host} did not answer in time.`
        : `${host} could not be reached${name === '' ? '' : ` (${name})`}.`;
    }
  }
}
