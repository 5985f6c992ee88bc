import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { text } from 'node:stream/consumers';
import { rememberSecret } from './test-log.ts';

/** What of an address opens something. */
const URL_SECRETS = [
  ['h', 'hand-off'],
  ['code', 'authorization code'],
  ['id_token_hint', 'ID token'],
] as const;

/** What attack tests put there instead is no secret. */
const RANDOM_TEXT = /^[\w.-]{40,}$/;

/** A response, read whole. */
export interface BrowserResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * What a browser does at a sign-in, without scripts but for the helper pages: keeps cookies by host, follows redirects,
 * keeps the fragment, goes on from the service's "Continue" pages. Every host is this machine, as browsers have it for
 * `*.localhost`.
 */
export class SignInBrowser {
  /** Cookies by host name; ports don't separate them (RFC 6265 section 8.5). */
  readonly jar = new Map<string, Map<string, string>>();
  readonly #ca: string | undefined;

  /** @param ca PEM of the authority to trust for https */
  constructor(ca?: string) {
    this.#ca = ca;
  }

  /** One request as a navigation; `headers` are laid over those of one. */
  async send(
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body: string | null = null,
  ): Promise<BrowserResponse> {
    const { protocol, hostname, port, pathname, search, searchParams, host } = new URL(url);
    for (const [name, kind] of URL_SECRETS) {
      const value = searchParams.get(name) ?? '';
      if (RANDOM_TEXT.test(value)) rememberSecret(kind, value);
    }
    const cookies = [...(this.jar.get(hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
    const isHttps = protocol === 'https:';
    const outgoing = (isHttps ? httpsRequest : httpRequest)({
      ...(isHttps && { ca: this.#ca, ...(isIP(hostname) === 0 && { servername: hostname }) }),
      host: '127.0.0.1',
      port,
      path: pathname + search,
      method,
      agent: false,
      headers: {
        host,
        accept: 'text/html',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...(cookies === '' ? {} : { cookie: cookies }),
        ...(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
    });
    outgoing.end(body ?? undefined);
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
    });
    const received = await text(incoming);
    this.#keep(hostname, incoming.headers['set-cookie'] ?? []);
    return { url, status: incoming.statusCode ?? 0, headers: incoming.headers, body: received };
  }

  get(url: string, headers: Record<string, string> = {}): Promise<BrowserResponse> {
    return this.send('GET', url, headers);
  }

  /**
   * Opens a URL and goes on until a page stays, or one for which `isStop` is true would be next. The fragment goes with
   * redirects (RFC 9110 section 10.2.2).
   */
  async open(url: string, isStop: (url: string) => boolean = () => false): Promise<BrowserResponse> {
    let current = url;
    for (let count = 0; count < 20; count += 1) {
      const response = await this.get(current);
      const next = this.#next(response, new URL(current).hash);
      if (next === null) return { ...response, url: current };
      if (isStop(next)) return { ...response, url: next };
      current = next;
    }
    throw new Error(`More than 20 redirects from ${url}.`);
  }

  /** Opens a URL, fills in the provider's sign-in form where it comes, and goes on to the end. */
  async signIn(
    url: string,
    user: { readonly name: string; readonly password: string; readonly code?: string },
    isStop: (url: string) => boolean = () => false,
  ): Promise<BrowserResponse> {
    const page = await this.open(url);
    const fields = new URLSearchParams({ username: user.name, password: user.password, action: 'signin' });
    if (user.code !== undefined) fields.set('code', user.code);
    const answer = await this.send('POST', page.url, {}, fields.toString());
    const next = this.#next(answer, '');
    if (next === null) return answer;
    return isStop(next) ? { ...answer, url: next } : this.open(next, isStop);
  }

  /** The fragments that the helper pages' script keeps in the tab. */
  readonly #fragments = new Map<string, string>();

  #next(response: BrowserResponse, fragment: string): string | null {
    const { location } = response.headers;
    if (location !== undefined) {
      const next = new URL(location, response.url);
      if (next.hash === '') next.hash = fragment;
      return next.href;
    }
    const link = /<a\s+data-continue="([^"]+)"\s+href="([^"]+)"/.exec(response.body);
    if (link?.[1] === undefined || link[2] === undefined) return null;
    const [, flow, href] = link;
    const next = href.replaceAll('&amp;', '&');
    if (response.body.includes('sessionStorage.setItem')) {
      if (fragment === '') return next;
      this.#fragments.set(flow, fragment);
      return `${next}&fragment=1`;
    }
    return next + (this.#fragments.get(flow) ?? '');
  }

  #keep(hostname: string, lines: readonly string[]): void {
    const cookies = this.jar.get(hostname) ?? new Map<string, string>();
    this.jar.set(hostname, cookies);
    for (const line of lines) {
      const [pair = ''] = line.split(';', 1);
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      if (name.includes('postern-')) rememberSecret('cookie', value);
      if (/;\s*max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
  }
}
