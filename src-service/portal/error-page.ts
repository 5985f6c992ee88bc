import { STATUS_CODES } from 'node:http';
import { failingHop } from '../../src-shared/errors/failing-hop.ts';
import type { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Branding } from './branding.ts';
import { errorGuidance } from './error-guidance.ts';
import { renderHelpLinks } from './help-links.ts';
import { type SafeMarkup, markup } from './markup.ts';
import { type Page, makePage, renderPage } from './page.ts';
import { renderWay } from './request-way.ts';

/** What an error answer tells (B45). */
export interface ErrorPageInput {
  readonly error: PosternError;
  readonly activityId: string;
  readonly atMs: number;
  readonly brand: Branding;
  /** Who is signed in, where that matters (403). */
  readonly userName?: string | undefined;
  /** Address for signing in anew, or as someone else; relative to the page's own host. */
  readonly signInPath?: string | undefined;
  /** Further members of the problem document. */
  readonly members?: Readonly<Record<string, string | number>>;
}

/** Copies the activity id; the text can be selected by hand where scripts or the clipboard are off. */
const COPY_SCRIPT = `
const button = document.querySelector('[data-copy]');
if (button && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = 'Copied';
  });
}
`;

/**
 * The page for people: ours, or the operator's own. Everything from outside is escaped; nothing of the request but the
 * activity id is repeated.
 */
export function renderErrorPage(input: ErrorPageInput): Page {
  const { error, activityId, atMs, brand } = input;
  const { status } = error.definition;
  const { title, advice } = errorGuidance(error.code);
  const values = {
    title,
    message: publicMessage(error),
    status: String(status),
    statusText: statusText(status),
    code: error.code,
    hop: failingHop(error.code),
    activityId,
    time: new Date(atMs).toISOString(),
    displayName: brand.displayName,
    banner: brand.banner,
    way: renderWay(error.code),
    advice: markup`<ul>
      ${advice.map((sentence) => markup`<li>${sentence}</li>`)}
    </ul>`,
    actions: renderActions(input),
    help: renderHelpLinks(brand, `Activity id ${activityId}`),
    facts: renderFacts(input),
  };
  const { errorTemplate } = brand;
  if (errorTemplate !== null) {
    const body = errorTemplate.render(values, `<script>${COPY_SCRIPT}</script>`);
    return makePage(body, { styles: errorTemplate.styles, scripts: [COPY_SCRIPT], hasPicture: true });
  }
  const content = markup`<p class="status">${values.status} ${values.statusText}</p>
    <h1>${title}</h1>
    <p>${values.message}</p>
    ${values.way}
    <h2>What you can do</h2>
    ${values.advice} ${values.actions} ${values.help} ${values.facts}`;
  return renderPage({ title: `${status} ${title}`, brand, content, script: COPY_SCRIPT });
}

/** The same for programs: a problem document (RFC 9457). */
export function renderProblem(input: ErrorPageInput): Page {
  const { error, activityId, atMs, signInPath, members } = input;
  const body = {
    type: `urn:postern:error:${error.code}`,
    title: errorGuidance(error.code).title,
    status: error.definition.status,
    detail: publicMessage(error),
    instance: `urn:uuid:${activityId}`,
    code: error.code,
    hop: failingHop(error.code),
    activityId,
    time: new Date(atMs).toISOString(),
    ...members,
    ...(signInPath === undefined ? {} : { signInPath }),
  };
  return {
    body: `${JSON.stringify(body)}\n`,
    headers: [
      'Content-Type',
      'application/problem+json',
      'Cache-Control',
      'no-store',
      'Content-Security-Policy',
      "default-src 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options',
      'nosniff',
      'Referrer-Policy',
      'no-referrer',
    ],
  };
}

/** The text of a status (RFC 9110 section 15); Node's own table where that is silent. */
export function statusText(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

/** An error from behind the service may name internal hosts: users get the registry's sentence, the rest is in the logs (B44). */
function publicMessage(error: PosternError): string {
  return /^(?:EDGE|SIGNIN)_/.test(error.code) ? error.message : error.definition.summary;
}

function renderActions({ error, signInPath, userName }: ErrorPageInput): SafeMarkup | null {
  if (signInPath === undefined) return null;
  const again = /^SIGNIN_(?:PROVIDER|CLIENT)/.test(error.code) ? 'Try again' : 'Sign in again';
  const label = userName === undefined ? again : 'Sign in as someone else';
  return markup`<div class="actions"><a class="button" href="${signInPath}">${label}</a></div>`;
}

function renderFacts({ error, activityId, atMs, userName }: ErrorPageInput): SafeMarkup {
  const { status } = error.definition;
  const time = new Date(atMs).toISOString();
  return markup`<dl>
    <dt>Status</dt>
    <dd>${status} ${statusText(status)} (${error.code})</dd>
    <dt>Activity id</dt>
    <dd><code>${activityId}</code> <button type="button" hidden data-copy="${activityId}">Copy</button></dd>
    <dt>Time</dt>
    <dd><time datetime="${time}">${time.replace('T', ' ').replace('Z', ' UTC')}</time></dd>
    ${userName === undefined ? null : markup`<dt>Signed in as</dt><dd>${userName}</dd>`}
  </dl>`;
}
