import { X509Certificate } from 'node:crypto';
import type { ConnectorApplication } from '../../src-shared/publishing/connector-configuration.ts';
import type { Reason } from '../../src-shared/errors/reasons.ts';
import type { BackendGuard } from './policy/backend-guard.ts';

const CERTIFICATE = /-----BEGIN ([A-Z0-9 ]+)-----(?:(?!-----)[\s\S])*-----END \1-----/g;

/**
 * Why this connector can't serve an application, in words for an administrator; null where it can. What is said here costs
 * that application its change alone: what was in force of it stays (B63).
 */
export function findApplicationProblem(application: ConnectorApplication): string | null {
  const { externalUrl, internalUrl, backendTrustedCertificates } = application;
  return (
    urlProblem('externalUrl', externalUrl) ??
    urlProblem('internalUrl', internalUrl) ??
    (backendTrustedCertificates === '' ? null : trustProblem(backendTrustedCertificates))
  );
}

/** Why the allow-list of this connector never lets it reach an application; null where it may. */
export function findApplicationBar({ internalUrl }: ConnectorApplication, guard: BackendGuard): Reason | null {
  const { hostname, port, protocol } = new URL(internalUrl);
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return guard.findBar(hostname, port === '' ? defaultPort : Number(port));
}

function urlProblem(field: string, url: string): string | null {
  const parsed = URL.parse(url);
  if (parsed === null) return `${field}: Invalid URL "${url.slice(0, 200)}".`;
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    return `${field}: ${parsed.protocol} is no protocol that this connector speaks; it must be http or https.`;
  }
  return null;
}

function trustProblem(pem: string): string | null {
  const blocks = [...pem.matchAll(CERTIFICATE)];
  if (blocks.length === 0) return 'backendTrustedCertificates has no certificate.';
  const bad = blocks.findIndex(([block]) => !isCertificate(block));
  return bad === -1 ? null : `backendTrustedCertificates: certificate number ${bad + 1} can't be read.`;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
