/** A browser's way with cookies and redirects, over fetch: no script, one request at a time. */
export interface CookieClient {
  get(url: string): Promise<Response>;
  post(url: string, fields: Record<string, string>): Promise<Response>;
  /** GET, then every redirect that stays on `http(s)` and for which `isStop` is false. */
  follow(url: string, isStop?: (location: string) => boolean): Promise<Response>;
  /** What the client would send to this URL, as a Cookie header. */
  cookiesFor(url: string): string;
}

const MAX_REDIRECTS = 20;

export function makeCookieClient(): CookieClient {
  const jar = new Map<string, Map<string, string>>();

  const cookiesFor = (url: string): string => {
    const cookies = jar.get(new URL(url).host);
    return cookies ? [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') : '';
  };

  const keep = (url: string, response: Response): void => {
    const { host } = new URL(url);
    const cookies = jar.get(host) ?? new Map<string, string>();
    jar.set(host, cookies);
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      const name = pair.slice(0, pair.indexOf('=')).trim();
      const value = pair.slice(pair.indexOf('=') + 1).trim();
      if (value === '' || /;\s*expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
  };

  const send = async (url: string, init: RequestInit): Promise<Response> => {
    const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate', cookie: cookiesFor(url) };
    const response = await fetch(url, { ...init, redirect: 'manual', headers });
    keep(url, response);
    return response;
  };

  const get = (url: string): Promise<Response> => send(url, {});

  return {
    get,
    post: (url, fields) => send(url, { method: 'POST', body: new URLSearchParams(fields) }),
    cookiesFor,
    follow: async (url, isStop = () => false) => {
      let current = url;
      for (let count = 0; count < MAX_REDIRECTS; count += 1) {
        const response = await get(current);
        const location = response.headers.get('location');
        if (location === null) return response;
        const next = new URL(location, current).href;
        if (isStop(next)) return response;
        await response.body?.cancel();
        current = next;
      }
      throw new Error(`More than ${MAX_REDIRECTS} redirects from ${url}.`);
    },
  };
}

/**
 * Signs in on the stand-in provider's page as a person would, from an authorization URL, and goes as far as the
 * redirect to the client. A `form_post` answer is posted to the client.
 *
 * @returns the client's redirect URI with what the provider added to it (for `form_post`: the bare redirect URI)
 */
export async function signInWithForm(
  browser: CookieClient,
  authorizationUrl: string,
  username: string,
  password: string,
  action: 'signin' | 'cancel' = 'signin',
): Promise<string> {
  const providerOrigin = new URL(authorizationUrl).origin;
  const page = await browser.follow(authorizationUrl);
  let answer = await browser.post(page.url, { username, password, action });
  for (let count = 0; count < MAX_REDIRECTS; count += 1) {
    const location = answer.headers.get('location');
    if (location === null) break;
    const next = new URL(location, answer.url).href;
    if (new URL(next).origin !== providerOrigin) return next;
    answer = await browser.get(next);
  }
  const html = await answer.text();
  const target = /<form[^>]*action="([^"]+)"/.exec(html)?.[1];
  if (target === undefined) return answer.url;
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const posted = await fetch(decodeHtml(target), {
    method: 'POST',
    body: new URLSearchParams(fields.map(([, name = '', value = '']): [string, string] => [name, decodeHtml(value)])),
  });
  await posted.body?.cancel();
  return decodeHtml(target);
}

function decodeHtml(text: string): string {
  return text
    .replaceAll(/&#x([\da-f]+);/gi, (_match, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll(/&#(\d+);/g, (_match, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&');
}
