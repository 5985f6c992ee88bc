import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { type LocalSite, MAX_ICON_CHARACTERS } from '../../../src-shared/ipc/local-site.ts';
import { describeBackendError } from '../../connector/backend-errors.ts';
import { findPageTitle } from '../page-title.ts';
import { findIconUrl, sniffImage } from './read-page.ts';
import type { SiteCandidate } from './site-candidates.ts';

const STEP_TIMEOUT_MS = 2000;
const MAX_REDIRECTS = 3;
const MAX_PAGE_BYTES = 64 * 1024;
/** Base64 makes four characters of three octets. */
const MAX_ICON_BYTES = Math.floor((MAX_ICON_CHARACTERS - 64) / 4) * 3;
const USER_AGENT = 'Postern-Connector';
/** Of requests that met a server which wants TLS. */
const NEVER_TLS = new Set(['BACKEND_REFUSED', 'BACKEND_UNREACHABLE', 'BACKEND_TIMEOUT', 'BACKEND_CONNECT_TIMEOUT']);

/**
 * Asks for the first page and its icon, as a backend is asked: no more than the start of each, redirects only within the
 * same origin, and dialling nothing but the address of the candidate whatever a page names. Null where no HTTP is spoken.
 */
export async function askSite(candidate: SiteCandidate, signal: AbortSignal): Promise<LocalSite | null> {
  const plain = await ask(candidate, 'http:', true, signal);
  if (plain.site !== null && !plain.wantsTls) return plain.site;
  if (!plain.wantsTls) return null;
  const secure = await ask(candidate, 'https:', true, signal);
  if (secure.site !== null || !secure.isUntrusted) return secure.site;
  return (await ask(candidate, 'https:', false, signal)).site;
}

interface Asked {
  readonly site: LocalSite | null;
  readonly wantsTls: boolean;
  readonly isUntrusted: boolean;
}

async function ask(
  { address, port, host }: SiteCandidate,
  scheme: 'http:' | 'https:',
  isCertificateValidated: boolean,
  signal: AbortSignal,
): Promise<Asked> {
  const agent = new Agent({
    connect: { timeout: STEP_TIMEOUT_MS, rejectUnauthorized: isCertificateValidated, lookup: only(address) },
    connections: 1,
  });
  const url = new URL(`${scheme}//${host}:${port}/`).href;
  try {
    const { page, pageUrl } = await readFirstPage(agent, url, signal);
    const html = page.isHtml ? page.bytes.toString('utf8') : '';
    const wantsTls = scheme === 'http:' && page.status === 400 && /https/i.test(page.bytes.toString('latin1'));
    const icon = page.isHtml && !wantsTls ? await readIcon(agent, findIconUrl(html, pageUrl), url, signal) : null;
    const site: LocalSite = {
      url,
      status: page.status,
      title: findPageTitle(html),
      server: page.server,
      icon,
      isCertificateTrusted: scheme === 'http:' || isCertificateValidated,
    };
    return { site, wantsTls, isUntrusted: false };
  } catch (error) {
    const { code } = describeBackendError(error);
    const isUntrusted = code.startsWith('BACKEND_CERTIFICATE');
    return { site: null, wantsTls: scheme === 'http:' && !NEVER_TLS.has(code) && !signal.aborted, isUntrusted };
  } finally {
    void agent.destroy();
  }
}

interface Page {
  readonly status: number;
  readonly isHtml: boolean;
  readonly server: string | null;
  readonly location: string | null;
  readonly bytes: Buffer;
}

async function readFirstPage(
  agent: Agent,
  url: string,
  signal: AbortSignal,
): Promise<{ readonly page: Page; readonly pageUrl: string }> {
  let pageUrl = url;
  let page = await get(agent, pageUrl, MAX_PAGE_BYTES, signal);
  for (let redirects = 0; redirects < MAX_REDIRECTS; redirects += 1) {
    const isRedirect = page.status >= 300 && page.status < 400 && page.location !== null;
    if (!isRedirect || !URL.canParse(page.location ?? '', pageUrl)) break;
    const next = new URL(page.location ?? '', pageUrl);
    if (next.origin !== new URL(url).origin) break;
    pageUrl = next.href;
    page = await get(agent, pageUrl, MAX_PAGE_BYTES, signal);
  }
  return { page, pageUrl };
}

async function readIcon(agent: Agent, iconUrl: string, siteUrl: string, signal: AbortSignal): Promise<string | null> {
  if (new URL(iconUrl).origin !== new URL(siteUrl).origin) return null;
  try {
    const { status, bytes } = await get(agent, iconUrl, MAX_ICON_BYTES + 1, signal);
    const type = sniffImage(bytes);
    if (status !== 200 || bytes.length > MAX_ICON_BYTES || type === null) return null;
    return `data:${type};base64,${bytes.toString('base64')}`;
  } catch {
    return null;
  }
}

async function get(agent: Agent, url: string, maxBytes: number, signal: AbortSignal): Promise<Page> {
  const response = await request(url, {
    dispatcher: agent,
    headersTimeout: STEP_TIMEOUT_MS,
    bodyTimeout: STEP_TIMEOUT_MS,
    signal: AbortSignal.any([signal, AbortSignal.timeout(2 * STEP_TIMEOUT_MS)]),
    headers: { accept: 'text/html,*/*;q=0.8', 'accept-encoding': 'identity', 'user-agent': USER_AGENT },
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBytes) break;
    }
  } catch (error) {
    // The beginning is enough, of a page that never ends, too.
    if (size === 0) throw error;
  }
  const header = (name: string): string | null => {
    const value = response.headers[name];
    return (Array.isArray(value) ? value[0] : value) ?? null;
  };
  return {
    status: response.statusCode,
    isHtml: /^text\/html\b/i.test(header('content-type') ?? ''),
    server: header('server')?.slice(0, 80) ?? null,
    location: header('location'),
    bytes: Buffer.concat(chunks).subarray(0, maxBytes),
  };
}

/** Whatever host a request is for, this address alone is dialled. */
function only(address: string): LookupFunction {
  const family = address.includes(':') ? 6 : 4;
  return (_hostname, options, callback) => {
    if (options.all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}
