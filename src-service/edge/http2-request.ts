import { Http2ServerRequest, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { ReadableOptions } from 'node:stream';

/**
 * A request over HTTP/2 whose `rawHeaders` are in the shape of HTTP/1.1, so that one set of checks serves both: no
 * pseudo-fields, `Host` first, one `Cookie`.
 */
export class EdgeHttp2Request extends Http2ServerRequest {
  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    options: ReadableOptions,
    rawHeaders: readonly string[],
  ) {
    super(stream, headers, options, rawHeaders);
    // Node's declarations call it a property, so that no accessor may stand in for it.
    Object.defineProperty(this, 'rawHeaders', { value: flattenHttp2Headers(rawHeaders) });
  }
}

/**
 * The fields of an HTTP/2 request as an HTTP/1.1 message would list them (RFC 9113 section 8.3.1). `:authority` becomes
 * `Host`; a `host` beside it that says something else stays, so that the request is refused for having two. Crumbs of
 * `cookie` are joined (section 8.2.3).
 *
 * @param rawHeaders `name, value, name, value…`, as node:http2 gives them
 */
function flattenHttp2Headers(rawHeaders: readonly string[]): string[] {
  const rest: string[] = [];
  let authority: string | null = null;
  let cookieIndex = -1;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    if (name === ':authority') {
      authority = value;
    } else if (name === 'cookie' && cookieIndex !== -1) {
      rest[cookieIndex] += `; ${value}`;
    } else if (!name.startsWith(':') && !(name === 'host' && value === authority)) {
      rest.push(name, value);
      if (name === 'cookie') cookieIndex = rest.length - 1;
    }
  }
  return authority === null ? rest : ['Host', authority, ...rest];
}
