import type { CertificateUploadBody, CustomDomainCredentials } from '../../src-shared/publishing/certificate.ts';
import type { UploadPart } from '../certificates/certificate-problem.ts';
import { type CheckedCertificate, checkCertificate } from '../certificates/check-certificate.ts';
import { type CertificateUpload, openUpload } from '../certificates/open-upload.ts';
import { type FieldProblem, FieldsError } from '../../src-shared/errors/fields-error.ts';

/** How the parts of an upload are called in a body. */
type FieldNames = Readonly<Record<UploadPart, string>>;

const POSTERN_FIELDS: FieldNames = {
  certificate: 'certificate',
  privateKey: 'privateKey',
  passphrase: 'privateKeyPassphrase',
  pfx: 'pfx',
  password: 'password',
};

const GRAPH_KEY = 'onPremisesPublishing.verifiedCustomDomainKeyCredential';
const GRAPH_PASSWORD = 'onPremisesPublishing.verifiedCustomDomainPasswordCredential';
const GRAPH_FIELDS: FieldNames = {
  certificate: GRAPH_KEY,
  privateKey: GRAPH_KEY,
  passphrase: GRAPH_PASSWORD,
  pfx: GRAPH_KEY,
  password: GRAPH_PASSWORD,
};

const BASE64 = /^[A-Za-z\d+/]+={0,2}$/;

/**
 * Opens and checks the certificate in the body of `/postern/certificates`.
 * @throws FieldsError naming each field at fault, and the way out
 */
export async function readCertificateBody(body: CertificateUploadBody, nowMs: number): Promise<CheckedCertificate> {
  const { certificate, privateKey, privateKeyPassphrase, pfx, password } = body;
  if (pfx !== undefined) {
    if (certificate !== undefined || privateKey !== undefined) {
      throw new FieldsError([{ target: 'pfx', message: 'Give either pfx, or certificate and privateKey, not both.' }]);
    }
    return readUpload(pfxUpload(pfx, password ?? '', POSTERN_FIELDS), POSTERN_FIELDS, { nowMs });
  }
  const missing: FieldProblem[] = [];
  if (certificate === undefined) missing.push({ target: 'certificate', message: 'It is missing: PEM, or give pfx.' });
  if (privateKey === undefined) missing.push({ target: 'privateKey', message: 'It is missing: PEM, or give pfx.' });
  if (certificate === undefined || privateKey === undefined) throw new FieldsError(missing);
  const upload = { kind: 'pem', certificate, privateKey, passphrase: privateKeyPassphrase ?? null } as const;
  return readUpload(upload, POSTERN_FIELDS, { nowMs });
}

/**
 * Opens and checks the certificate that Graph's fields of an application carry; null where they carry none.
 * @param hostnames the external hosts, of which it must cover one at least; null where they aren't known
 * @throws FieldsError naming each field at fault, and the way out
 */
export async function readGraphCredentials(
  credentials: Partial<CustomDomainCredentials>,
  hostnames: readonly string[] | null,
  nowMs: number,
): Promise<CheckedCertificate | null> {
  const key = credentials.verifiedCustomDomainKeyCredential ?? null;
  const password = credentials.verifiedCustomDomainPasswordCredential ?? null;
  if (key === null) {
    if (password === null) return null;
    throw new FieldsError([{ target: GRAPH_PASSWORD, message: `It says nothing without ${GRAPH_KEY}.` }]);
  }
  const pfx = key.value ?? key.key;
  if (pfx === undefined) throw new FieldsError([{ target: `${GRAPH_KEY}.value`, message: 'The PFX is missing.' }]);
  const upload = pfxUpload(pfx, password?.value ?? password?.secretText ?? '', GRAPH_FIELDS);
  return readUpload(upload, GRAPH_FIELDS, { nowMs, ...(hostnames !== null && { hostnames }) });
}

function pfxUpload(base64: string, password: string, fields: FieldNames): CertificateUpload {
  if (!BASE64.test(base64.replaceAll(/\s+/g, '')))
    throw new FieldsError([{ target: fields.pfx, message: 'It is not base64.' }]);
  return { kind: 'pfx', pfx: Buffer.from(base64, 'base64'), password };
}

async function readUpload(
  upload: CertificateUpload,
  fields: FieldNames,
  checks: Parameters<typeof checkCertificate>[1],
): Promise<CheckedCertificate> {
  const opened = await openUpload(upload);
  const checked = opened.isUsable ? checkCertificate(opened.value, checks) : opened;
  if (checked.isUsable) return checked.value;
  const isPfx = upload.kind === 'pfx';
  throw new FieldsError(
    checked.problems.map(({ part, message }) => ({
      target: isPfx && (part === 'certificate' || part === 'privateKey') ? fields.pfx : fields[part],
      message,
    })),
  );
}
