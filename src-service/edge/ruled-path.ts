import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';

/**
 * The path on the host that a rule of a published address is for, decoded, with no slash at its end.
 * @param pathPrefix path of the external URL, decoded; ends in `/`
 * @param path within that address, as the rule names it
 */
export function ruledPath(pathPrefix: string, path: string): string {
  return (pathPrefix + decodeOctets(path).replace(/^\/+/, '')).replace(/(?<!\/)\/+$/, '');
}

/** Whether a path is that folder or lies below it. @param folder as `ruledPath` gives it */
export function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder) && (path.length === folder.length || path[folder.length] === '/');
}
