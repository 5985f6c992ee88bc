import { type KeyObject, sign, verify } from 'node:crypto';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';

/**
 * The signature of what describes a release, `latest-linux.yml` and its like: the file's first line, which YAML reads as a
 * comment. Ed25519 (RFC 8032) over the name of the file and all that follows the line. The name is in it so that the description
 * for one system is not believed for another.
 *
 *     # postern-signature: <base64 of 64 octets>
 *     version: 1.2.3
 *     …
 */
const FIRST_LINE = /^# postern-signature: ([A-Za-z0-9+/]{86}==)\n/;
const CONTEXT = 'postern-release-v1';

/**
 * Takes the place of a signature that is there already. @param privateKey Ed25519
 * @internal
 */
export function signRelease(text: string, fileName: string, privateKey: KeyObject): string {
  const body = text.replace(FIRST_LINE, '');
  const signature = sign(null, signedOctets(body, fileName), privateKey).toString('base64');
  return `# postern-signature: ${signature}\n${body}`;
}

/**
 * @returns the description, without the line of its signature
 * @throws PosternError `UPDATE_SIGNATURE_WRONG` where none of the keys has signed it
 */
export function readSignedRelease(text: string, fileName: string, publicKeys: readonly KeyObject[]): string {
  const found = FIRST_LINE.exec(text);
  if (found === null) throw new PosternError('UPDATE_SIGNATURE_WRONG');
  const [line, encoded = ''] = found;
  const body = text.slice(line.length);
  const octets = signedOctets(body, fileName);
  const signature = Buffer.from(encoded, 'base64');
  if (publicKeys.some((key) => verify(null, octets, key, signature))) return body;
  throw new PosternError('UPDATE_SIGNATURE_WRONG');
}

function signedOctets(body: string, fileName: string): Buffer {
  return Buffer.from(`${CONTEXT}\n${fileName}\n${body}`, 'utf8');
}
