import type { Application, OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import {
  type CertificateMetadata,
  type CustomDomainCredentials,
  customDomainCredentialsSchema,
} from '../../src-shared/publishing/certificate.ts';
import { publishedAddresses } from '../../src-shared/publishing/published-addresses.ts';
import { CERTIFICATE_LIMITS } from '../certificates/certificate-limits.ts';
import type { CheckedCertificate } from '../certificates/check-certificate.ts';
import { describeCertificate } from '../certificates/describe-certificate.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';
import type { ApiOptions } from './api-context.ts';
import { readGraphCredentials } from './certificate-uploads.ts';

const CREDENTIAL_FIELDS = Object.keys(customDomainCredentialsSchema.shape);

/** Takes Graph's certificate fields out of what a body says of `onPremisesPublishing`: they are no setting to be stored. */
export function takeCredentials<Publishing extends Partial<CustomDomainCredentials>>(
  publishing: Publishing,
): {
  readonly credentials: Partial<CustomDomainCredentials>;
  readonly settings: Omit<Publishing, keyof CustomDomainCredentials>;
} {
  const entries = Object.entries(publishing);
  const pick = (isCredential: boolean): object =>
    Object.fromEntries(entries.filter(([name]) => CREDENTIAL_FIELDS.includes(name) === isCredential));
  return { credentials: pick(true), settings: pick(false) as Omit<Publishing, keyof CustomDomainCredentials> };
}

/**
 * Certificates of custom domains in Graph's manner: uploaded with an application, kept by the names that they cover, so
 * that one for several hosts serves them all.
 */
export class CustomDomains {
  readonly #options: Pick<ApiOptions, 'store' | 'certificates' | 'clock' | 'randomId'>;

  constructor(options: Pick<ApiOptions, 'store' | 'certificates' | 'clock' | 'randomId'>) {
    this.#options = options;
  }

  /**
   * The certificate of a body, checked for the application's hosts; null where the body has none.
   * @param publishing null where the hosts aren't known
   * @throws FieldsError
   */
  check(
    credentials: Partial<CustomDomainCredentials>,
    publishing: OnPremisesPublishing | null,
  ): Promise<CheckedCertificate | null> {
    return readGraphCredentials(credentials, publishing && hostsOf(publishing), this.#options.clock());
  }

  /** Puts the certificate in force. */
  async keep(checked: CheckedCertificate | null, context: ChangeContext): Promise<void> {
    if (checked === null) return;
    const { store, certificates, randomId } = this.#options;
    const { chain, privateKey } = checked;
    const certificate = { source: 'upload', chain: chain.map(String).join(''), privateKey } as const;
    await store.certificates.keep(randomId(), certificate, CERTIFICATE_LIMITS.maxCertificates, context);
    await certificates.refresh();
  }

  /** The application with the certificate that serves its external host, of several the first that has one. */
  describe(application: Application): Application {
    const { onPremisesPublishing } = application;
    return {
      ...application,
      onPremisesPublishing: {
        ...onPremisesPublishing,
        verifiedCustomDomainCertificatesMetadata: this.#metadataOf(hostsOf(onPremisesPublishing)),
      },
    };
  }

  #metadataOf(hostnames: readonly string[]): CertificateMetadata | null {
    for (const hostname of hostnames) {
      const certificate = this.#options.certificates.certificateFor(hostname);
      // Graph says null for the default domain, whose certificate is not the application's.
      if (certificate === null || certificate.source === 'configuration') continue;
      const { thumbprintSha256: _, ...metadata } = describeCertificate(certificate.chain[0]);
      return metadata;
    }
    return null;
  }
}

/** The hosts at which an application is published over TLS. */
function hostsOf(onPremisesPublishing: OnPremisesPublishing): string[] {
  return publishedAddresses({ id: '', onPremisesPublishing })
    .map(({ externalUrl }) => new URL(externalUrl))
    .filter(({ protocol }) => protocol === 'https:')
    .map(({ hostname }) => hostname);
}
