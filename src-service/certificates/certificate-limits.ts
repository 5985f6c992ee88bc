/** The bounds of certificates. Each has a row in docs/limits.md. */
export const CERTIFICATE_LIMITS = {
  /** Certificates that are kept at once, uploaded and issued ones together. */
  maxCertificates: 1000,
  /** Octets of one upload: certificates and key, or PFX. */
  maxUploadBytes: 256 * 1024,
  /** Certificates in one upload. */
  maxChainCertificates: 20,
  /** How long opening an upload may take, ms: its sender chooses how often a password is hashed. */
  maxOpeningMs: 15_000,
  /** Uploads that are opened at once. */
  maxOpenings: 4,
  /** Memory of the thread that opens an upload, MiB. */
  openingMemoryMib: 128,
  /** From when on a certificate is said to expire, days. */
  expiryWarningDays: 30,
  /** How often expiring certificates are looked for, ms; each is logged once a day. */
  expiryCheckMs: 60 * 60_000,
  /** One request to an ACME authority, ms. */
  acmeRequestMs: 30_000,
  /** How often the state of a challenge or order is asked for before it counts as failed, and the waits between, ms. */
  acmePolls: 12,
  acmeFirstPollMs: 1000,
  acmeLastPollMs: 15_000,
  /** How often the files of the configuration are looked at, ms. */
  fileCheckMs: 5_000,
} as const;
