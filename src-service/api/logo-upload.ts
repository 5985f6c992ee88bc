import { LOGO_MEDIA_TYPES } from '../../src-shared/publishing/application-presentation.ts';
import type { Logo } from '../store/application-logo-records.ts';
import { FieldsError } from '../../src-shared/errors/fields-error.ts';
import { readLogoImage } from './logo-image.ts';

const MAX_LOGO_BYTES = 100 * 1024;
/** Pixels along one side: Entra's are 215. Above it a browser would unfold too much for a tile. */
const LOGO_SIDE = { least: 16, most: 1024 } as const;
/** What Graph's client libraries call a stream whose kind they don't know. */
const ANY_OCTETS = 'application/octet-stream';

/**
 * The picture of a body, checked.
 * @throws FieldsError saying what is wrong with it
 */
export function readLogo(body: unknown, contentType: string): Logo {
  const claimed = contentType.split(';', 1)[0]?.trim().toLowerCase().replace('image/jpg', 'image/jpeg') ?? '';
  if (claimed !== ANY_OCTETS && !LOGO_MEDIA_TYPES.some((type) => type === claimed)) {
    const hint = claimed === 'image/svg+xml' ? ' An SVG can hold scripts: save it as PNG.' : '';
    throw refusal(`Content-Type must be ${LOGO_MEDIA_TYPES.join(', ')} or ${ANY_OCTETS}.${hint}`);
  }
  const octets = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (octets.length > MAX_LOGO_BYTES) {
    throw refusal(`It has ${octets.length} octets; ${MAX_LOGO_BYTES} (100 KiB) are allowed.`);
  }
  const image = readLogoImage(octets);
  if (image === null) throw refusal('The body is no whole PNG, JPEG or GIF picture.');
  const { mediaType, width, height, isAnimated } = image;
  if (claimed !== ANY_OCTETS && claimed !== mediaType) {
    throw refusal(`Content-Type says ${claimed}, and the body is ${mediaType}.`);
  }
  const { least, most } = LOGO_SIDE;
  if (Math.min(width, height) < least || Math.max(width, height) > most) {
    throw refusal(
      `It is ${width} × ${height} pixels; each side must have ${least} to ${most}. 215 × 215 is a good size.`,
    );
  }
  if (isAnimated) throw refusal('It moves, which distracts people who look for something: take a still picture.');
  return { mediaType, octets };
}

function refusal(message: string): FieldsError {
  return new FieldsError([{ target: 'logo', message }]);
}
