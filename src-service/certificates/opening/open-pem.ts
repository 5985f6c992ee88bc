import { createPrivateKey, X509Certificate } from 'node:crypto';
import { CERTIFICATE_LIMITS } from '../certificate-limits.ts';
import { type Checked, refused, usable } from '../certificate-problem.ts';
import type { OpenedParts } from './open-parts.ts';

const CERTIFICATE_BLOCK =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const KEY_BLOCK = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:(?!-----).)+-----END (?:[A-Z]+ )*PRIVATE KEY-----/s;

/** Opens certificates and a private key in PEM (RFC 7468), the key encrypted or not. */
export function openPem(certificate: string, privateKey: string, passphrase: string | null): Checked<OpenedParts> {
  const certificates = openCertificates(certificate);
  const key = openPrivateKey(privateKey, passphrase);
  if (certificates.isUsable && key.isUsable) {
    return usable({ certificates: certificates.value, privateKeys: [key.value] });
  }
  return {
    isUsable: false,
    problems: [certificates, key].flatMap((part) => (part.isUsable ? [] : part.problems)),
  };
}

function openCertificates(text: string): Checked<readonly Uint8Array[]> {
  const blocks = text.match(CERTIFICATE_BLOCK) ?? [];
  if (blocks.length === 0) {
    if (text.includes('BEGIN CERTIFICATE REQUEST') || text.includes('BEGIN NEW CERTIFICATE REQUEST')) {
      return refused('certificate', 'This is a certificate request. Upload what the authority made of it.');
    }
    return refused('certificate', 'It holds no certificate in PEM: -----BEGIN CERTIFICATE----- is missing.');
  }
  if (blocks.length > CERTIFICATE_LIMITS.maxChainCertificates) {
    return refused('certificate', `It holds more than ${CERTIFICATE_LIMITS.maxChainCertificates} certificates.`);
  }
  const opened: Uint8Array[] = [];
  for (const [index, block] of blocks.entries()) {
    try {
      opened.push(new X509Certificate(block).raw);
    } catch {
      return refused('certificate', `Certificate ${index + 1} of ${blocks.length} in it is damaged. Copy it again.`);
    }
  }
  return usable(opened);
}

function openPrivateKey(text: string, passphrase: string | null): Checked<Uint8Array> {
  const block = KEY_BLOCK.exec(text)?.[0];
  if (block === undefined) {
    return refused('privateKey', 'It holds no private key in PEM: -----BEGIN PRIVATE KEY----- is missing.');
  }
  const isEncrypted = block.includes('BEGIN ENCRYPTED PRIVATE KEY') || block.includes('Proc-Type: 4,ENCRYPTED');
  if (isEncrypted && (passphrase ?? '') === '') {
    return refused('passphrase', 'The private key is encrypted. Give its passphrase.');
  }
  try {
    const key = createPrivateKey({ key: block, format: 'pem', ...(passphrase !== null && { passphrase }) });
    return usable(key.export({ format: 'der', type: 'pkcs8' }));
  } catch {
    if (isEncrypted) return refused('passphrase', 'The private key does not open with this passphrase.');
    return refused('privateKey', 'The private key is damaged, or of a kind that is not known. Copy it again.');
  }
}
