import { X509Certificate } from 'node:crypto';
import { readCertificateBody } from '../api/certificate-uploads.ts';
import { readPemChain } from '../certificates/certificate-chain.ts';
import { CERTIFICATE_LIMITS } from '../certificates/certificate-limits.ts';
import type { CheckedCertificate } from '../certificates/check-certificate.ts';
import { readDnsNames } from '../certificates/describe-certificate.ts';
import type { CertificateRecord } from '../store/certificate-records.ts';
import type { CertificateEntry, ConfigurationFile } from './configuration-file.ts';
import { STEPS } from './configuration-plan.ts';
import { findFieldChanges } from './field-changes.ts';
import { type PlanContext, noteRefusal } from './plan-context.ts';
import { readReference } from './text-references.ts';

/** Which certificates there would be. The key of one that the store has already is not asked for. */
export async function planCertificates(
  entries: ConfigurationFile['certificates'],
  context: PlanContext,
): Promise<void> {
  if (entries === undefined) return;
  const { state, changes, kept } = context;
  const named = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const path = ['certificates', index];
    const thumbprints = readThumbprints(entry, path, context);
    if (thumbprints === null) continue;
    const same = state.certificates.find(({ thumbprint }) => thumbprints.includes(thumbprint));
    const before = same ?? state.certificates.find(({ id }) => id === entry.id);
    if (before !== undefined) named.add(before.id);
    if (same !== undefined && isSameChain(same.chain, entry.chain)) continue;
    const certificate = await openEntry(entry, path, context);
    if (certificate !== null) noteChange(before, entry, certificate, context);
  }
  for (const record of state.certificates) {
    if (named.has(record.id)) continue;
    const { id } = record;
    const name = nameOf(new X509Certificate(record.chain));
    if (!context.isPruning) kept.push({ kind: 'certificate', id, name });
    else {
      changes.push({
        action: 'delete',
        kind: 'certificate',
        id,
        name,
        fields: [],
        step: STEPS.certificate,
        make: (records, change) => records.certificates.remove(id, change),
      });
    }
  }
}

function readThumbprints(
  { chain }: CertificateEntry,
  path: readonly PropertyKey[],
  { problems }: PlanContext,
): string[] | null {
  try {
    const thumbprints = readPemChain(chain).map(({ fingerprint256 }) => fingerprint256.replaceAll(':', ''));
    if (thumbprints.length > 0) return thumbprints;
  } catch {
    // Said below.
  }
  problems.push({ path: [...path, 'chain'], message: 'is no certificate in PEM (-----BEGIN CERTIFICATE-----).' });
  return null;
}

async function openEntry(
  entry: CertificateEntry,
  path: readonly PropertyKey[],
  context: PlanContext,
): Promise<CheckedCertificate | null> {
  const texts: { privateKey?: string; passphrase?: string } = {};
  for (const field of ['privateKey', 'passphrase'] as const) {
    const value = entry[field];
    if (value === undefined) continue;
    try {
      texts[field] = typeof value === 'string' ? value : readReference(value, context.places);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `the store doesn't have this certificate yet, and needs its key: ${reason}`;
      context.problems.push({ path: [...path, field], message });
      return null;
    }
  }
  const { privateKey, passphrase } = texts;
  if (privateKey === undefined) {
    const message =
      "is missing: the store doesn't have this certificate yet. Give { fromFile: … } with its key in PEM.";
    context.problems.push({ path: [...path, 'privateKey'], message });
    return null;
  }
  try {
    const body = {
      certificate: entry.chain,
      privateKey,
      ...(passphrase !== undefined && { privateKeyPassphrase: passphrase }),
    };
    return await readCertificateBody(body, context.nowMs);
  } catch (error) {
    noteRefusal(context, path, error);
    return null;
  }
}

function noteChange(
  before: CertificateRecord | undefined,
  entry: CertificateEntry,
  { chain, privateKey }: CheckedCertificate,
  { changes, randomId }: PlanContext,
): void {
  const [leaf] = chain;
  if (leaf === undefined) return;
  const id = before?.id ?? entry.id ?? randomId();
  const certificate = { source: 'upload', chain: chain.map(String).join(''), privateKey } as const;
  changes.push({
    action: before === undefined ? 'create' : 'change',
    kind: 'certificate',
    id: before?.id ?? entry.id ?? null,
    name: nameOf(leaf),
    fields: findFieldChanges(
      before === undefined ? {} : viewOf(new X509Certificate(before.chain), before.chain),
      viewOf(leaf, certificate.chain),
    ),
    step: STEPS.certificate,
    make: ({ certificates }, change) =>
      before === undefined
        ? certificates.keep(id, certificate, CERTIFICATE_LIMITS.maxCertificates, change)
        : certificates.replace(id, certificate, change),
  });
}

function isSameChain(left: string, right: string): boolean {
  const text = (pem: string): string =>
    readPemChain(pem)
      .map(({ fingerprint256 }) => fingerprint256)
      .join();
  return text(left) === text(right);
}

/** What a plan says of a certificate. */
function viewOf(certificate: X509Certificate, chain: string): object {
  return {
    dnsNames: readDnsNames(certificate),
    expiryDate: certificate.validToDate.toISOString(),
    thumbprint: certificate.fingerprint256.replaceAll(':', ''),
    issuers: readPemChain(chain).length - 1,
  };
}

function nameOf(certificate: X509Certificate): string {
  return readDnsNames(certificate).join(', ');
}
