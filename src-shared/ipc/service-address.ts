/** What a typed service address means: the origin to use, or what is wrong with it. */
export type ServiceAddress =
  | { readonly url: string; readonly problem: null }
  | { readonly url: null; readonly problem: string };

/**
 * Reads the address of a service as a person types it. Without a scheme https is meant, on this machine http; a path is
 * refused, since the service's own paths begin at the root. The result is an origin, without a trailing slash.
 */
export function parseServiceAddress(typed: string): ServiceAddress {
  const text = typed.trim();
  if (text === '') return wrong('Enter the address of the service, such as https://postern.example.com.');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !/^https?:\/\//i.test(text)) {
    return wrong('The address must begin with https:// or http://.');
  }
  const isLocal = /^(?:localhost|[a-z0-9.-]+\.localhost|127\.[\d.]+|\[::1\])(?::\d+)?(?:\/|$)/i.test(text);
  const full = /^https?:\/\//i.test(text) ? text : `${isLocal ? 'http' : 'https'}://${text}`;
  if (/\s/.test(full) || !URL.canParse(full)) {
    return wrong('This is not a valid address. It looks like https://postern.example.com.');
  }
  const url = new URL(full);
  if (url.username !== '' || url.password !== '') return wrong('Take the user name and password out of the address.');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return wrong(`Leave out what follows the host: ${url.origin} is enough.`);
  }
  return { url: url.origin, problem: null };
}

function wrong(problem: string): ServiceAddress {
  return { url: null, problem };
}
