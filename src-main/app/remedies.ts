import type { ErrorCode } from '../../src-shared/errors/registry.ts';

/** What to do next about an error that the window shows, one sentence each; where the message says it, none. */
const REMEDIES: Partial<Record<ErrorCode, string>> = {
  SERVICE_UNRESOLVED: 'Check the spelling, and that the DNS of this network knows the name.',
  SERVICE_UNREACHABLE: 'Check the port, that the service runs, and that a firewall lets this machine out to it.',
  SERVICE_CERTIFICATE:
    'Check the clock of this machine; else have the certificate put right, or add its authority to the trust store here.',
  SERVICE_NOT_POSTERN: 'Enter the address that your service operator gave you.',
  SERVICE_REFUSED: 'Try again in a minute; if it lasts, ask whoever runs the service to look at its log.',
  ADMIN_SIGNIN_CANCELLED: 'Start the sign-in again when you are ready.',
  ADMIN_SIGNIN_EXPIRED: 'Begin again when you are ready.',
  ADMIN_SIGNIN_FAILED: 'Try again, or sign in with another account.',
  ADMIN_SIGNIN_REQUIRED: 'Sign in again to go on.',
  API_UNAUTHENTICATED: 'Sign in again to go on.',
  API_FORBIDDEN: 'Sign in with an account that has such a role, or have it given to you.',
  API_CONFLICT: 'Choose another value, or change the existing one.',
  API_RATE_LIMITED: 'Wait a moment, then try again.',
  API_NOT_FOUND: 'It may have been removed in the meantime: reload the list.',
  API_IN_USE: 'Remove what still uses it first.',
  BACKEND_REFUSED: 'Start the application, or correct the port.',
  BACKEND_FORBIDDEN: 'If it is meant to be reached, add it to the allow-list of this machine.',
  BACKEND_UNRESOLVED: 'Correct the host name, or add it to the DNS of this network.',
  BACKEND_RESET: 'Check whether the application expects https instead of http, or the other way round.',
  BACKEND_TIMEOUT: 'Check that the application works on this machine in a browser.',
  BACKEND_CONNECT_TIMEOUT: 'Check that no firewall stands between this machine and the application.',
  BACKEND_UNREACHABLE: 'Check the network of this machine, and routes to the application.',
  BACKEND_TLS: 'Check whether the application expects http instead of https at that port.',
  BACKEND_CERTIFICATE: 'Have the certificate put right, or turn its check off for this application.',
  BACKEND_CERTIFICATE_EXPIRED: 'Renew the certificate of the application, and check the clock of this machine.',
  BACKEND_CERTIFICATE_NAME: 'Use a name that the certificate has, or have a certificate made for this one.',
  BACKEND_CERTIFICATE_ISSUER: 'Trust its authority for this application, or install it on this machine.',
  BACKEND_CERTIFICATE_SELF_SIGNED: 'Trust the certificate for this application, or turn its check off.',
  BACKEND_PROTOCOL: 'Check that a web server listens at that port, and whether it expects https.',
  STORE_UNAVAILABLE: 'Try again in a minute.',
};

export function remedyFor(code: ErrorCode): string | null {
  return REMEDIES[code] ?? null;
}
