import { decodeOctets } from '../../../src-shared/publishing/percent-decoding.ts';

/**
 * Maps an origin-form target from the external folder to the internal one. What follows the folder stays byte for byte.
 * A client may spell the folder with escapes (`/%61pp/` for `/app/`): the service has judged the normalised spelling, so
 * that one counts here too.
 * @param externalPath begins and ends with `/`, as `internalPath`.
 * @returns null when the target is outside the folder, or would begin with `//` inside, which a backend may take for the
 * name of another server.
 */
export function mapRequestTarget(target: string, externalPath: string, internalPath: string): string | null {
  const mapped = mapFolder(target, externalPath, internalPath);
  return mapped?.startsWith('//') === true ? null : mapped;
}

function mapFolder(target: string, externalPath: string, internalPath: string): string | null {
  if (target.startsWith(externalPath)) {
    return externalPath === internalPath ? target : internalPath + target.slice(externalPath.length);
  }
  const queryStart = target.indexOf('?');
  const path = queryStart === -1 ? target : target.slice(0, queryStart);
  const query = queryStart === -1 ? '' : target.slice(queryStart);
  if (decodeOctets(path) === decodeOctets(externalPath.slice(0, -1))) {
    return (internalPath.slice(0, -1) || '/') + query;
  }
  const folderEnd = endOfSegments(path, externalPath.split('/').length - 1);
  if (folderEnd === -1 || decodeOctets(path.slice(0, folderEnd)) !== decodeOctets(externalPath)) return null;
  return internalPath + path.slice(folderEnd) + query;
}

/** The index after the `count`-th slash, or -1. */
function endOfSegments(path: string, count: number): number {
  let index = -1;
  for (let found = 0; found < count; found += 1) {
    index = path.indexOf('/', index + 1);
    if (index === -1) return -1;
  }
  return index + 1;
}
