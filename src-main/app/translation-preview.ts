import { request } from 'undici';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import type {
  TranslationChange,
  TranslationPreview,
  TranslationPreviewRequest,
} from '../../src-shared/ipc/translation-preview.ts';
import {
  type ConnectorApplication,
  connectorApplicationSchema,
} from '../../src-shared/publishing/connector-configuration.ts';
import type { PublishedUrls } from '../../src-shared/publishing/published-addresses.ts';
import { findUrlProblem, isWildcardHost } from '../../src-shared/publishing/urls.ts';
import { summaryOf } from '../../src-shared/text/say-error.ts';
import { SpokenError } from './spoken-error.ts';
import { describeBackendError } from '../connector/backend-errors.ts';
import type { BackendGuard } from '../connector/policy/backend-guard.ts';
import { guardedAgent } from '../connector/policy/guarded-agent.ts';
import { BodyTranslation } from '../connector/translation/body/body-translation.ts';
import { makePageSite } from '../connector/translation/body/page-site.ts';
import { findTranslatableBody } from '../connector/translation/body/translated-head.ts';
import { makeResponseTranslation, translateResponseHeaders } from '../connector/translation/response-headers.ts';
import { UrlMap } from '../connector/translation/url-map.ts';

const TIMEOUT_MS = 10_000;
/** How much of a page is looked at, and how many changes are shown (docs/limits.md). */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_CHANGES = 200;
const MAX_SHOWN_CHARACTERS = 500;
const TRANSLATED_HEADERS = new Set(['location', 'content-location', 'link', 'refresh', 'set-cookie']);
/** What stands between the addresses of a page; no replacement has any of it. */
const BETWEEN = /[\s"'<>()]+/;

/**
 * Asks a backend for its first page from this machine and has the connector's own code translate it. Bodies are translated
 * whether or not the application has that on: what comes out says whether it is worth it.
 * @param published the other addresses that a page may point to
 * @throws PosternError `API_INVALID` for addresses that none can be asked at; `BACKEND_…` where no answer came.
 */
export async function previewTranslation(
  wanted: TranslationPreviewRequest,
  published: readonly PublishedUrls[],
  guard: BackendGuard,
): Promise<TranslationPreview> {
  checkUrl(wanted.internalUrl, 'internal');
  checkUrl(wanted.externalUrl, 'external');
  const agent = guardedAgent(guard, { timeout: TIMEOUT_MS, rejectUnauthorized: wanted.isCertificateValidated });
  try {
    const response = await request(wanted.internalUrl, {
      dispatcher: agent,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      responseHeaders: 'raw',
      headers: { accept: 'text/html,*/*;q=0.8', 'accept-encoding': 'identity', 'user-agent': 'Postern-Connector' },
    });
    const body = await readStart(response.body);
    // With `raw` the headers are name, value… as they came.
    const headers = (response.headers as unknown as readonly (string | Buffer)[]).map(String);
    return describe(wanted, published, response.statusCode, headers, body);
  } catch (error) {
    const { code, cause } = describeBackendError(error);
    throw new SpokenError(code, (_text, language) => `${summaryOf(code, language)} (${cause})`, { cause: error });
  } finally {
    void agent.destroy();
  }
}

function checkUrl(url: string, kind: 'internal' | 'external'): void {
  const target = `${kind}Url`;
  const trouble = findUrlProblem(url, kind, true);
  if (trouble !== null) {
    throw new SpokenError('API_INVALID', (_text, language) => CATALOGUES[language].urlProblems[trouble.key], {
      target,
    });
  }
  if (isWildcardHost(new URL(url).hostname)) {
    throw new SpokenError('API_INVALID', (text) => text.wildcardNotAsked, { target });
  }
}

function describe(
  wanted: TranslationPreviewRequest,
  published: readonly PublishedUrls[],
  status: number,
  headers: readonly string[],
  body: Buffer,
): TranslationPreview {
  const application = connectorApplicationSchema.parse({
    id: 'preview',
    displayName: 'preview',
    ...wanted,
    isTranslateLinksInBodyEnabled: true,
    isBackendCertificateValidationEnabled: wanted.isCertificateValidated,
    applicationServerTimeoutSeconds: TIMEOUT_MS / 1000,
  });
  const others = published.filter(({ externalUrl }) => externalUrl !== application.externalUrl);
  const urlMap = new UrlMap([application, ...others]);
  const seen = body.subarray(0, MAX_BODY_BYTES);
  const isInScripts = wanted.isTranslateLinksInScriptsEnabled;
  const kind = findTranslatableBody(status, headers, isInScripts);
  const changes = findHeaderChanges(headers, application, urlMap);
  if (kind !== null && kind.coding === null) {
    const translation = new BodyTranslation({ site: makePageSite(application, urlMap), isInScripts });
    const rewriter = translation.makeRewriter(kind.kind, kind.charset);
    const translated = Buffer.concat([rewriter.push(Buffer.from(seen)), rewriter.end()]);
    changes.push(...findBodyChanges(seen.toString('latin1'), translated.toString('latin1')));
  }
  return {
    status,
    contentType: valueOf(headers, 'content-type'),
    isTranslatable: kind !== null && kind.coding === null,
    bytes: seen.length,
    isCut: body.length > seen.length,
    changes: changes.slice(0, MAX_CHANGES),
  };
}

function findHeaderChanges(
  headers: readonly string[],
  application: ConnectorApplication,
  urlMap: UrlMap,
): TranslationChange[] {
  const translation = makeResponseTranslation(application, urlMap);
  const changes: TranslationChange[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name = '', before = ''] = headers.slice(index, index + 2);
    const where = name.toLowerCase();
    if (!TRANSLATED_HEADERS.has(where)) continue;
    const after = translateResponseHeaders([name, before], translation, false)[1] ?? null;
    const show = where === 'set-cookie' ? withoutValue : shorten;
    // A cookie that stays as it is is worth knowing, too.
    if (after !== before || where === 'set-cookie') {
      changes.push({ where, before: show(before), after: after === null ? null : show(after), count: 1 });
    }
  }
  return changes;
}

/** What stands otherwise in the translated text, each once, most frequent first. */
function findBodyChanges(before: string, after: string): TranslationChange[] {
  const left = before.split(BETWEEN);
  const right = after.split(BETWEEN);
  const changes = new Map<string, { before: string; after: string; count: number }>();
  for (const [index, word] of left.entries()) {
    const translated = right[index] ?? '';
    if (translated === word) continue;
    const known = changes.get(word);
    if (known === undefined) changes.set(word, { before: shorten(word), after: shorten(translated), count: 1 });
    else known.count += 1;
  }
  return [...changes.values()]
    .toSorted((one, other) => other.count - one.count)
    .map((change) => ({ where: 'body', ...change }));
}

/** The value may let somebody in. */
function withoutValue(cookie: string): string {
  return shorten(cookie.replace(/=[^;]*/, '=…'));
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

function valueOf(headers: readonly string[], lowerName: string): string | null {
  const at = headers.findIndex((item, index) => index % 2 === 0 && item.toLowerCase() === lowerName);
  return at === -1 ? null : (headers[at + 1] ?? null);
}

async function readStart(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks);
}
