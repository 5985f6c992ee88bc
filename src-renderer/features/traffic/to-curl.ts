import type { BodyView } from '../../../src-shared/connector/body-capture.ts';
import type { TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';

/** What curl says itself: of the connection, the length, and the codings that it can undo. */
const OF_CURL =
  /^(?:accept-encoding|connection|content-encoding|content-length|expect|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|sec-websocket-(?:extensions|key|version))$/i;
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
/** With the headers it has to fit on the clipboard, and in what a program takes as one argument. */
const MAX_BODY_CHARACTERS = 64_000;
const UNKNOWN_BODY = '[body]';

export interface CurlSource {
  readonly record: TrafficRecord;
  /** Null where they are not kept. */
  readonly heads: TrafficHeads | null;
  /** Null where it was not captured. */
  readonly body: BodyView | null;
}

/**
 * The request as a curl command for a POSIX shell, as the application got it. Placeholders stand for what is not known, since it may
 * be secret: `[secret]` in URL and headers, `[body]`. Nothing in it acts on the terminal that it is pasted into.
 */
export function toCurl({ record, heads, body }: CurlSource): string {
  const { method, url, isUpgrade } = record;
  const headers = heads?.request ?? null;
  // Brackets and braces are part of the URL, no pattern.
  const parts = ['curl', '--include', '--path-as-is', '--globoff'];
  const content = method === 'HEAD' ? null : contentOf(record, headers, body);
  if (method === 'HEAD') parts.push('--head');
  else if (method !== 'GET' || content !== null) parts.push('--request', quote(method));
  if (isUpgrade) {
    parts.push('--no-buffer', '--http1.1');
    const ofUpgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    for (const line of [...ofUpgrade, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==']) {
      parts.push('--header', quote(line));
    }
  }
  for (const line of headers === null ? ['Cookie: [secret]'] : linesOf(headers, url))
    parts.push('--header', quote(line));
  if (headers?.some(({ name }) => /^accept-encoding$/i.test(name)) === true) parts.push('--compressed');
  if (content !== null) {
    // Else curl calls it a form.
    if (headers !== null && valueOf(headers, 'content-type') === null) parts.push('--header', quote('Content-Type:'));
    parts.push(...content.options);
  }
  return [...(content?.before ?? []), ...parts, quote(url)].join(' ');
}

type Headers = TrafficHeads['request'];

function linesOf(headers: Headers, url: string): string[] {
  const host = valueOf(headers, 'host');
  const lines = headers
    .filter(({ name }) => !OF_CURL.test(name))
    // Curl leaves out what ends in a colon, and sends what ends in a semicolon without a value.
    .map(({ name, value }) => (value === '' ? `${name};` : `${name}: ${value}`));
  return host === null || url.includes(`://${host}/`) ? lines : [`Host: ${host}`, ...lines];
}

/** What goes before the command and into it for the body; null where there is none. */
function contentOf(
  { method, requestBytes, isUpgrade }: TrafficRecord,
  headers: Headers | null,
  body: BodyView | null,
): { readonly before: readonly string[]; readonly options: readonly string[] } | null {
  if (isUpgrade) return null;
  if (requestBytes === 0) return WITH_BODY.has(method) ? literal('') : null;
  if (body?.isWhole !== true) return literal(UNKNOWN_BODY);
  if (body.kind === 'binary') return piped(body.text.split(/\s+/).map((pair) => Number.parseInt(pair, 16)));
  if (!isExact(body.text, valueOf(headers ?? [], 'content-type') ?? '')) return literal(UNKNOWN_BODY);
  const content = hasControls(body.text) ? piped([...new TextEncoder().encode(body.text)]) : literal(body.text);
  return [...content.before, ...content.options].join('').length <= MAX_BODY_CHARACTERS
    ? content
    : literal(UNKNOWN_BODY);
}

function literal(text: string): { readonly before: readonly string[]; readonly options: readonly string[] } {
  return { before: [], options: ['--data-raw', `'${escapeQuotes(text)}'`] };
}

/** Octets that a command line can't hold, or that would act on the terminal. */
function piped(octets: readonly number[]): { readonly before: readonly string[]; readonly options: readonly string[] } {
  const escaped = octets.map((octet) => `\\${octet.toString(8).padStart(3, '0')}`).join('');
  return { before: ['printf', `'${escaped}'`, '|'], options: ['--data-binary', '@-'] };
}

/** Whether its octets are those of the text in UTF-8. */
function isExact(text: string, type: string): boolean {
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  return !text.includes('\u{fffd}') && (/^utf-?8$/i.test(charset) || !/[^\0-\u{7f}]/u.test(text));
}

function hasControls(text: string): boolean {
  return /[^\P{Cc}\n]/u.test(text);
}

function quote(text: string): string {
  return `'${escapeQuotes(text.replaceAll(/\p{Cc}/gu, '?'))}'`;
}

function escapeQuotes(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}

function valueOf(headers: Headers, name: string): string | null {
  return headers.find((header) => header.name.toLowerCase() === name)?.value ?? null;
}
