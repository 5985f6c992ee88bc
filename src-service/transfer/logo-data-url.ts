import { readLogoImage } from '../api/logo-image.ts';

const DATA_URL = /^data:([\w/+.-]+);base64,([A-Za-z\d+/]*={0,2})$/;

/** A picture as a text of one line. What is no picture keeps no type, and is refused as a logo. */
export function logoDataUrl(octets: Buffer): string {
  const mediaType = readLogoImage(octets)?.mediaType ?? 'application/octet-stream';
  return `data:${mediaType};base64,${octets.toString('base64')}`;
}

/** The octets and the claimed type; null where the text is no such URL. */
export function readDataUrl(text: string): { readonly mediaType: string; readonly octets: Buffer } | null {
  const [, mediaType, base64] = DATA_URL.exec(text) ?? [];
  if (mediaType === undefined || base64 === undefined) return null;
  return { mediaType, octets: Buffer.from(base64, 'base64') };
}
