import { X509Certificate } from 'node:crypto';
import { LOCALES } from '../../src-shared/text/language.ts';
import { SpokenError } from './spoken-error.ts';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * The certificates in a file that a person chose, PEM: it may be one of PEM, or a single certificate in DER as Windows writes it.
 * @throws PosternError `API_INVALID` that says what is in it instead; of one that has expired, too: nothing is checked by it any more
 */
export function readAuthorityFile(octets: Buffer, nowMs: number): string {
  const text = octets.toString('latin1');
  const found = text.includes('-----BEGIN ') ? certificatesIn(text) : derCertificate(octets);
  if (found.length === 0) {
    throw new SpokenError('API_INVALID', ({ authorities }) =>
      PRIVATE_KEY.test(text) ? authorities.privateKey : authorities.none,
    );
  }
  for (const pem of found) {
    const { subject, validToDate } = readCertificate(pem);
    if (validToDate.getTime() >= nowMs) continue;
    throw new SpokenError('API_INVALID', ({ authorities }, language) => {
      const date = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium' }).format(validToDate);
      return authorities.expired(readableName(subject), date);
    });
  }
  return found.join('\n');
}

export function certificatesIn(text: string): string[] {
  return text.match(PEM_CERTIFICATE) ?? [];
}

/** @throws PosternError `API_INVALID` */
export function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new SpokenError('API_INVALID', ({ authorities }) => authorities.damaged, { cause });
  }
}

/** `CN=Company authority\nO=Contoso` as one line, the name first. */
export function readableName(name: string | undefined): string {
  const parts = (name ?? '').split('\n').map((part) => part.split('=', 2) as [string, string?]);
  const value = (key: string): string | undefined => parts.find(([each]) => each === key)?.[1];
  const told = [value('CN'), value('O')].filter((part) => part !== undefined);
  return told.length === 0 ? (name ?? '').replaceAll('\n', ', ') : told.join(', ');
}

function derCertificate(octets: Buffer): string[] {
  try {
    return [new X509Certificate(octets).toString()];
  } catch {
    return [];
  }
}
