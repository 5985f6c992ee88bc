/** The ALPN protocol by which an authority asks for a proof (RFC 8737). */
export const ACME_TLS_PROTOCOL = 'acme-tls/1';

/** Where an authority asks for a proof by plain HTTP, the token behind it (RFC 8555 section 8.3). */
export const HTTP_CHALLENGE_PATH = '/.well-known/acme-challenge/';
