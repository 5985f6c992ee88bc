import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Catalogue } from '../../src-shared/text/catalogue.ts';
import { SpokenError } from './spoken-error.ts';

/** The `fetch` of Chromium's network stack (system proxy, PAC, system trust store), or any other of the same shape. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** What a person has to know about a request to the service that got no answer. Chromium says `net::ERR_…`. */
export function describeServiceFailure(error: unknown, address: string): PosternError {
  if (error instanceof PosternError) return error;
  // Node's fetch has it behind an error of its own.
  if (error instanceof Error && error.cause instanceof PosternError) return error.cause;
  const host = URL.canParse(address) ? new URL(address).host : address;
  const text = error instanceof Error ? error.message : String(error);
  const name = /net::(ERR_[A-Z0-9_]+)/.exec(text)?.[1] ?? '';
  const options = { cause: error };
  if (/^ERR_(?:NAME_NOT_RESOLVED|DNS_|ICANN_)/.test(name)) {
    return new SpokenError('SERVICE_UNRESOLVED', ({ service }) => service.unresolved(host), options);
  }
  if (name === 'ERR_SSL_PROTOCOL_ERROR') {
    return new SpokenError('SERVICE_NOT_POSTERN', ({ service }) => service.notHttps(host), options);
  }
  if (/^ERR_(?:CERT_|SSL_|BAD_SSL)/.test(name)) {
    return new SpokenError('SERVICE_CERTIFICATE', ({ service }) => describeCertificate(name, host, service), options);
  }
  const proxyTrouble = PROXY_TROUBLES[name];
  if (proxyTrouble !== undefined) return new PosternError(proxyTrouble, options);
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  return new SpokenError(
    'SERVICE_UNREACHABLE',
    ({ service }) => describeUnreachable(name, host, isTimeout, address.startsWith('https:'), service),
    options,
  );
}

type ProxyTrouble = 'PROXY_UNREACHABLE' | 'PROXY_AUTHENTICATION' | 'PROXY_REFUSED';

/** What Chromium says of the way before the service. */
const PROXY_TROUBLES: Readonly<Record<string, ProxyTrouble>> = {
  ERR_PROXY_CONNECTION_FAILED: 'PROXY_UNREACHABLE',
  ERR_PROXY_CERTIFICATE_INVALID: 'PROXY_UNREACHABLE',
  ERR_PAC_SCRIPT_FAILED: 'PROXY_UNREACHABLE',
  ERR_MANDATORY_PROXY_CONFIGURATION_FAILED: 'PROXY_UNREACHABLE',
  ERR_PROXY_AUTH_UNSUPPORTED: 'PROXY_AUTHENTICATION',
  ERR_PROXY_AUTH_REQUESTED: 'PROXY_AUTHENTICATION',
  ERR_TUNNEL_CONNECTION_FAILED: 'PROXY_REFUSED',
};

type ServiceText = Catalogue['problems']['service'];

function describeCertificate(name: string, host: string, text: ServiceText): string {
  switch (name) {
    case 'ERR_CERT_AUTHORITY_INVALID':
      return text.certificateAuthority(host);
    case 'ERR_CERT_DATE_INVALID':
      return text.certificateDate(host);
    case 'ERR_CERT_COMMON_NAME_INVALID':
      return text.certificateName(host);
    default:
      return text.certificateOther(host, name);
  }
}

function describeUnreachable(
  name: string,
  host: string,
  isTimeout: boolean,
  isSecure: boolean,
  text: ServiceText,
): string {
  switch (name) {
    case 'ERR_CONNECTION_REFUSED':
      return text.refused(host);
    case 'ERR_TIMED_OUT':
    case 'ERR_CONNECTION_TIMED_OUT':
      return text.late(host);
    case 'ERR_INTERNET_DISCONNECTED':
    case 'ERR_NETWORK_CHANGED':
    case 'ERR_ADDRESS_UNREACHABLE':
      return text.noWay(host);
    case 'ERR_EMPTY_RESPONSE':
    case 'ERR_CONNECTION_RESET':
    case 'ERR_CONNECTION_CLOSED':
    case 'ERR_INVALID_HTTP_RESPONSE':
      return isSecure ? text.closedSecure(host) : text.closed(host);
    default:
      return isTimeout ? text.late(host) : text.unreachable(host, name);
  }
}
