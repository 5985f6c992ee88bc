import type { UserRequest } from '../relay/user-http.ts';

/**
 * Whether a request is a top-level navigation, which a redirect to sign-in helps; for any other (scripts, frames, API
 * clients) a redirect would end in a CORS error or an HTML page where data is expected (B13).
 */
export function isNavigation(request: UserRequest): boolean {
  const { headers } = request;
  if (!isRepeatable(request)) return false;
  if (headers['x-requested-with'] !== undefined) return false;
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined && mode !== 'navigate') return false;
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined && destination !== 'document') return false;
  return acceptsHtml(request);
}

/** Whether a person sent something, such as a form, of which the answer would be shown as a page; nothing that a redirect could repeat. */
export function isForm(request: UserRequest): boolean {
  return !isRepeatable(request) && wantsHtml(request);
}

/** Whether the address alone says what is asked for, so that one can come back to it. */
export function isRepeatable({ method }: UserRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Whether the client would show an HTML page to a person, frames included. */
export function wantsHtml(request: UserRequest): boolean {
  const { headers } = request;
  if (headers['x-requested-with'] !== undefined) return false;
  const mode = headers['sec-fetch-mode'];
  if (typeof mode === 'string' && mode !== 'navigate') return false;
  return acceptsHtml(request);
}

/** A CORS preflight (Fetch standard, section 4.8), which browsers send without cookies. */
export function isPreflight(request: UserRequest): boolean {
  const { method, headers } = request;
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

function acceptsHtml(request: UserRequest): boolean {
  return request.headers.accept?.toLowerCase().includes('text/html') === true;
}
