import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { CERTIFICATE_LIMITS } from './certificate-limits.ts';
import { type Checked, refused, usable } from './certificate-problem.ts';
import { describeCertificate, readDnsNames } from './describe-certificate.ts';
import type { OpenedParts } from './opening/open-parts.ts';

/** A certificate as an administrator hands it over: PEM texts, or a PFX (PKCS#12) with its password. */
export type CertificateUpload =
  | {
      readonly kind: 'pem';
      /** One or more certificates, in any order. */
      readonly certificate: string;
      readonly privateKey: string;
      readonly passphrase: string | null;
    }
  | { readonly kind: 'pfx'; readonly pfx: Uint8Array; readonly password: string };

/** Everything that an upload holds, not checked yet. */
export interface CertificateBundle {
  readonly certificates: readonly X509Certificate[];
  readonly privateKeys: readonly KeyObject[];
}

let openings = 0;

/**
 * Opens an upload in a thread of its own, with a bound on time and memory: whoever made the file chose how much work its
 * password costs, and requests of users must not wait for it.
 */
export async function openUpload(
  upload: CertificateUpload,
  maxMs: number = CERTIFICATE_LIMITS.maxOpeningMs,
): Promise<Checked<CertificateBundle>> {
  const part = upload.kind === 'pem' ? 'certificate' : 'pfx';
  const size = upload.kind === 'pem' ? upload.certificate.length + upload.privateKey.length : upload.pfx.byteLength;
  if (size > CERTIFICATE_LIMITS.maxUploadBytes) {
    return refused(part, `It is larger than ${CERTIFICATE_LIMITS.maxUploadBytes / 1024} KiB.`);
  }
  if (openings >= CERTIFICATE_LIMITS.maxOpenings) {
    return refused(part, 'Other certificates are being opened at the moment. Try again in a few seconds.');
  }
  openings++;
  try {
    const opened = await openInThread(upload, maxMs);
    return opened.isUsable ? readParts(opened.value) : opened;
  } finally {
    openings--;
  }
}

async function openInThread(upload: CertificateUpload, maxMs: number): Promise<Checked<OpenedParts>> {
  const worker = new Worker(new URL('opening/open-upload-worker.ts', import.meta.url), {
    workerData: upload,
    resourceLimits: { maxOldGenerationSizeMb: CERTIFICATE_LIMITS.openingMemoryMib },
    stdout: true,
    stderr: true,
  });
  const part = upload.kind === 'pem' ? 'privateKey' : 'pfx';
  const { promise, resolve } = Promise.withResolvers<Checked<OpenedParts>>();
  const timer = setTimeout(() => {
    resolve(refused(part, `Opening it took longer than ${maxMs / 1000} s. Export it again with fewer iterations.`));
  }, maxMs);
  worker.on('message', (message: Checked<OpenedParts>) => resolve(message));
  worker.on('error', () => resolve(refused(part, 'It could not be opened. Export it again, as PFX or as PEM.')));
  worker.on('exit', () => resolve(refused(part, 'It could not be opened. Export it again, as PFX or as PEM.')));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/**
 * Opened parts as objects of node:crypto. What is in a file need not be what it is called: everything that is read later on
 * is read here once, so that it is refused rather than failing there.
 */
export function readParts({ certificates, privateKeys }: OpenedParts): Checked<CertificateBundle> {
  const bundle: { certificates: X509Certificate[]; privateKeys: KeyObject[] } = { certificates: [], privateKeys: [] };
  for (const der of certificates) {
    try {
      const certificate = new X509Certificate(der);
      void certificate.publicKey;
      readDnsNames(certificate);
      describeCertificate(certificate);
      bundle.certificates.push(certificate);
    } catch {
      return refused('certificate', 'It holds a certificate that is damaged, or has a key of an unknown kind.');
    }
  }
  for (const der of privateKeys) {
    try {
      bundle.privateKeys.push(createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }));
    } catch {
      return refused('privateKey', 'It holds a private key that is damaged, or of an unknown kind.');
    }
  }
  return usable(bundle);
}
