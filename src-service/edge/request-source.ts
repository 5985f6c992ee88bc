import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** What a browser says about the page that a request comes from. */
export interface RequestSource {
  /** `Sec-Fetch-Site` (Fetch Metadata); sent to https and to this machine alone. */
  readonly site: string | undefined;
  /** `Sec-Fetch-Dest` */
  readonly destination: string | undefined;
  readonly origin: string | undefined;
}

/** Whether a page of another host led here. An application's neighbours of the same domain are others, too. */
export function isFromElsewhere({ site }: RequestSource): boolean {
  return site === 'cross-site' || site === 'same-site';
}

/**
 * Lets a form post through that one of our pages on the same host sent.
 * @param ownOrigin scheme, host and port of that host
 * @throws PosternError `EDGE_BAD_REQUEST`
 */
export function requireOwnForm({ site, origin }: RequestSource, ownOrigin: string): void {
  const isOwn = site === undefined ? origin === ownOrigin : site === 'same-origin';
  if (isOwn && (origin === undefined || origin === ownOrigin)) return;
  throw new PosternError('EDGE_BAD_REQUEST', { message: 'This form can be sent from the page of this host alone.' });
}

/** An image or frame on some other site must not be able to sign people out. @throws PosternError `EDGE_BAD_REQUEST` */
export function refuseEmbedded({ destination }: RequestSource): void {
  if (destination === undefined || destination === 'document' || destination === 'empty') return;
  throw new PosternError('EDGE_BAD_REQUEST', { message: 'Sign-out must be opened as a page of its own.' });
}
