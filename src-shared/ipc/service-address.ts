import { problemsText } from '../text/en/problems-text.ts';

/** What a typed service address means: the origin to use, or what is wrong with it. */
export type ServiceAddress =
  | { readonly url: string; readonly problem: null }
  | {
      readonly url: null;
      /** In English. */
      readonly problem: string;
      /** Under which the catalogue says it, and the origin to name there. */
      readonly reason: keyof typeof problemsText.address;
      readonly origin: string;
    };

/**
 * Reads the address of a service as a person types it. Without a scheme https is meant, on this machine http; a path is
 * refused, since the service's own paths begin at the root. The result is an origin, without a trailing slash.
 */
export function parseServiceAddress(typed: string): ServiceAddress {
  const text = typed.trim();
  if (text === '') return wrong('missing');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !/^https?:\/\//i.test(text)) {
    return wrong('scheme');
  }
  const isLocal = /^(?:localhost|[a-z0-9.-]+\.localhost|127\.[\d.]+|\[::1\])(?::\d+)?(?:\/|$)/i.test(text);
  const full = /^https?:\/\//i.test(text) ? text : `${isLocal ? 'http' : 'https'}://${text}`;
  if (/\s/.test(full) || !URL.canParse(full)) {
    return wrong('malformed');
  }
  const url = new URL(full);
  if (url.username !== '' || url.password !== '') return wrong('credentials');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return wrong('path', url.origin);
  }
  return { url: url.origin, problem: null };
}

function wrong(reason: keyof typeof problemsText.address, origin = ''): ServiceAddress {
  return { url: null, problem: problemsText.address[reason](origin), reason, origin };
}
