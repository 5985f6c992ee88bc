import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';

const MAX_STEPS = 30;

interface Page {
  readonly url: string;
  /** Where a browser goes on to by itself; null where a person is asked. */
  readonly next: string | null;
}

/**
 * Signs a user in at a published application as a browser does: follows redirects, goes on from the service's "Continue"
 * pages, fills in the provider's form. Every host is this machine.
 * @param caFile the authority of their certificates, where they speak TLS
 * @returns the Cookie header for the application from then on
 */
export async function signIn(
  applicationUrl: string,
  user: { readonly name: string; readonly password: string },
  caFile: string | undefined,
): Promise<string> {
  const browser = new Browser(caFile === undefined ? {} : { ca: readFileSync(caFile) });
  const form = await browser.open(await browser.send('GET', applicationUrl));
  const fields = new URLSearchParams({ username: user.name, password: user.password, action: 'signin' });
  const { url } = await browser.open(await browser.send('POST', form.url, fields.toString()));
  const { hostname } = new URL(applicationUrl);
  const cookies = browser.cookies(hostname);
  if (new URL(url).hostname !== hostname || cookies === '') throw new Error(`The sign-in ended at ${url}.`);
  return cookies;
}

class Browser {
  /** Cookies by host name; ports don't separate them (RFC 6265 section 8.5). */
  readonly #jar = new Map<string, Map<string, string>>();
  readonly #trust: { readonly ca?: Buffer };

  constructor(trust: { readonly ca?: Buffer }) {
    this.#trust = trust;
  }

  cookies(hostname: string): string {
    return [...(this.#jar.get(hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Goes on from a page until one stays. */
  async open(start: Page): Promise<Page> {
    let page = start;
    for (let step = 0; page.next !== null; step += 1) {
      if (step === MAX_STEPS) throw new Error(`The sign-in goes on for ever: ${page.url}`);
      page = await this.send('GET', page.next);
    }
    return page;
  }

  async send(method: 'GET' | 'POST', url: string, body = ''): Promise<Page> {
    const { protocol, hostname, port, pathname, search, host } = new URL(url);
    const ask = protocol === 'https:' ? requestTls : request;
    const address = { host: '127.0.0.1', port, path: pathname + search };
    const headers = {
      host,
      accept: 'text/html',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      cookie: this.cookies(hostname),
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      ask({ ...address, method, agent: false, headers, ...this.#trust }, resolve)
        .on('error', reject)
        .end(body);
    });
    const content = await text(response);
    this.#keep(hostname, response.headers['set-cookie'] ?? []);
    const { location } = response.headers;
    const link = /<a\s+data-continue="[^"]+"\s+href="([^"]+)"/.exec(content)?.[1]?.replaceAll('&amp;', '&');
    const next = location ?? link;
    return { url, next: next === undefined ? null : new URL(next, url).href };
  }

  #keep(hostname: string, lines: readonly string[]): void {
    const cookies = this.#jar.get(hostname) ?? new Map<string, string>();
    this.#jar.set(hostname, cookies);
    for (const line of lines) {
      const [pair = ''] = line.split(';', 1);
      const name = pair.slice(0, pair.indexOf('='));
      if (/;\s*max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, pair.slice(pair.indexOf('=') + 1));
    }
  }
}
