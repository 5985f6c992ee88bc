import { z } from 'zod';

/** Certificates of external hosts as the admin API takes and shows them. Private keys go in and never come out. */

/** What a certificate says of itself, with the names of Graph's `verifiedCustomDomainCertificatesMetadata`. */
const certificateDescriptionSchema = z.strictObject({
  thumbprint: z.string().describe('SHA-1 over the certificate, hexadecimal, as Windows shows it.'),
  thumbprintSha256: z.string().describe('SHA-256 over the certificate, hexadecimal.'),
  subjectName: z.string().describe('Whose it is.'),
  issuerName: z.string().describe('Who issued it.'),
  issueDate: z.string().describe('From when on it is good.'),
  expiryDate: z.string().describe('Until when it is good.'),
});
export type CertificateDescription = z.infer<typeof certificateDescriptionSchema>;

/** Graph's `verifiedCustomDomainCertificatesMetadata`: the certificate that serves the external host of an application. */
export const certificateMetadataSchema = certificateDescriptionSchema.omit({ thumbprintSha256: true });
export type CertificateMetadata = z.infer<typeof certificateMetadataSchema>;

/** A certificate of the service, as `/postern/certificates` returns it. */
export const certificateSchema = certificateDescriptionSchema.extend({
  id: z.string().describe('`configuration` for the one of `tls`, which only the configuration can change.'),
  source: z.enum(['configuration', 'upload', 'acme']).describe('Where it comes from.'),
  dnsNames: z.array(z.string()).describe('Names that it covers, `*.example.com` among them.'),
  keyType: z.string().describe('`RSA 2048`, `EC prime256v1`.'),
  chain: z.array(certificateDescriptionSchema).describe('The issuers that are sent with it, in their order.'),
  createdDateTime: z.string().nullable().describe('When it was kept; null for that of the configuration.'),
  hosts: z
    .array(z.strictObject({ hostname: z.string(), applicationIds: z.array(z.string()) }))
    .describe('External hosts that it serves now, with their applications.'),
  warnings: z.array(z.string()).describe('What its administrator should know: it expires soon, nobody uses it…'),
});
export type Certificate = z.infer<typeof certificateSchema>;

/** A host that users come to, as `/postern/certificateHosts` returns it. */
export const certificateHostSchema = z.strictObject({
  hostname: z.string().describe('A host that users come to.'),
  applicationIds: z.array(z.string()).describe("Empty for the service's own hosts."),
  certificateId: z.string().nullable().describe('What it is served with; null where no certificate covers it.'),
  status: z.enum(['valid', 'expired', 'missing']).describe('How it stands with its certificate.'),
  expiryDate: z.string().nullable().describe('Until when its certificate is good; null without one.'),
  acme: z
    .strictObject({
      status: z.enum(['waiting', 'issuing', 'issued', 'failed', 'unsupported']),
      /** Attempts that failed since the last that did not. */
      failures: z.number().int(),
      /** What the authority or the way to it said last. */
      lastProblem: z.string().nullable(),
      lastAttemptDateTime: z.string().nullable(),
      nextAttemptDateTime: z.string().nullable(),
    })
    .nullable()
    .describe(
      'How it stands with the ACME authority; null where none is configured, or where another certificate covers it.',
    ),
});
export type CertificateHost = z.infer<typeof certificateHostSchema>;

/** The body of `POST /postern/certificates` and `PUT /postern/certificates/{id}`: PEM, or a PFX. */
export const certificateUploadSchema = z.strictObject({
  certificate: z.string().optional().describe('The certificate and its intermediates, PEM, in any order.'),
  privateKey: z.string().optional().describe('PEM, encrypted or not.'),
  privateKeyPassphrase: z.string().max(1024).optional(),
  pfx: z.string().optional().describe('PKCS#12, base64.'),
  password: z.string().max(1024).optional(),
});
export type CertificateUploadBody = z.infer<typeof certificateUploadSchema>;

/**
 * The part of `onPremisesPublishing` by which Graph takes the certificate of a custom domain: a PFX in base64 and its
 * password. Written, never read. Scripts that send an application back as they read it send the metadata too.
 */
export const customDomainCredentialsSchema = z.strictObject({
  verifiedCustomDomainKeyCredential: z
    .strictObject({
      type: z.literal('X509CertAndPassword').optional(),
      value: z
        .string()
        .optional()
        .describe("The PFX, base64; Graph's own type calls it `key`, and its documented scripts `value`."),
      key: z.string().optional(),
      ...unused('customKeyIdentifier', 'displayName', 'endDateTime', 'keyId', 'startDateTime', 'usage'),
    })
    .nullable()
    .optional(),
  verifiedCustomDomainPasswordCredential: z
    .strictObject({
      value: z.string().max(1024).optional(),
      secretText: z.string().max(1024).optional(),
      ...unused('customKeyIdentifier', 'displayName', 'endDateTime', 'hint', 'keyId', 'startDateTime'),
    })
    .nullable()
    .optional(),
  verifiedCustomDomainCertificatesMetadata: z.unknown(),
});
export type CustomDomainCredentials = z.infer<typeof customDomainCredentialsSchema>;

/** Properties that Graph's clients send along and that say nothing here. */
function unused<Name extends string>(...names: readonly Name[]): Record<Name, z.ZodOptional<z.ZodUnknown>> {
  return Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as never;
}
