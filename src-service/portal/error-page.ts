import { STATUS_CODES } from 'node:http';
import type { PosternError } from '../../src-shared/errors/postern-error.ts';
import { HOPS, type Hop, errorGuidance } from './error-guidance.ts';
import { type SafeMarkup, markup } from './markup.ts';
import { type Page, renderPage } from './page.ts';

/** What an error answer tells (B45). */
export interface ErrorPageInput {
  readonly error: PosternError;
  readonly activityId: string;
  readonly atMs: number;
  /** Where the request failed; by the error's area where the caller can't say better. */
  readonly hop?: string | undefined;
  readonly brand: string;
  /** Who is signed in, where that matters (403). */
  readonly userName?: string | undefined;
  /** Address for signing in anew, or as someone else; relative to the page's own host. */
  readonly signInPath?: string | undefined;
}

const HOP_NAMES: Readonly<Record<Hop, string>> = {
  browser: 'Your browser',
  service: 'Publishing service',
  connector: 'Connector',
  application: 'Application',
};

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

/** The page for people. Everything from outside is escaped; nothing of the request but the activity id is repeated. */
export function renderErrorPage(input: ErrorPageInput): Page {
  const { error, activityId, atMs, userName, signInPath } = input;
  const guidance = errorGuidance(error.code);
  const status = error.definition.status;
  const time = new Date(atMs).toISOString();
  const content = markup`<h1>${guidance.title}</h1>
    <p>${publicMessage(error)}</p>
    ${userName === undefined ? null : markup`<p>You are signed in as <strong>${userName}</strong>.</p>`}
    ${renderWay(failingHop(input))}
    <h2>What you can do</h2>
    <ul>
      ${guidance.advice.map((sentence) => markup`<li>${sentence}</li>`)}
    </ul>
    ${signInPath === undefined ? null : markup`<div class="actions"><a class="button" href="${signInPath}">${userName === undefined ? 'Sign in again' : 'Sign in as someone else'}</a></div>`}
    <dl>
      <dt>Status</dt>
      <dd>${status} ${statusText(status)} (${error.code})</dd>
      <dt>Activity id</dt>
      <dd><code>${activityId}</code> <button type="button" hidden data-copy="${activityId}">Copy</button></dd>
      <dt>Time</dt>
      <dd><time datetime="${time}">${time}</time></dd>
    </dl>`;
  return renderPage({ title: `${status} ${guidance.title}`, brand: input.brand, content, script: COPY_SCRIPT });
}

/** The same for programs: a problem document (RFC 9457). */
export function renderProblem(input: ErrorPageInput): Page {
  const { error, activityId, atMs, signInPath } = input;
  const body = {
    type: 'about:blank',
    title: errorGuidance(error.code).title,
    status: error.definition.status,
    detail: publicMessage(error),
    code: error.code,
    hop: failingHop(input),
    activityId,
    time: new Date(atMs).toISOString(),
    ...(signInPath === undefined ? {} : { signInPath }),
  };
  return {
    body: `${JSON.stringify(body)}\n`,
    headers: [
      'Content-Type',
      'application/problem+json',
      'Cache-Control',
      'no-store',
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

/** The relay's words for the stations that users know by another name. */
const RELAY_HOPS: Readonly<Record<string, Hop>> = { tunnel: 'connector', backend: 'application' };

function failingHop({ hop, error }: ErrorPageInput): Hop {
  if (hop === undefined) return errorGuidance(error.code).hop;
  return RELAY_HOPS[hop] ?? HOPS.find((known) => known === hop) ?? errorGuidance(error.code).hop;
}

function renderWay(failed: Hop): SafeMarkup {
  const failedIndex = HOPS.indexOf(failed);
  const stations = HOPS.map((hop, index) => {
    if (index === failedIndex) return markup`<li class="failed">${HOP_NAMES[hop]}: stopped here</li>`;
    return index < failedIndex ? markup`<li>${HOP_NAMES[hop]}</li>` : markup`<li class="beyond">${HOP_NAMES[hop]}</li>`;
  });
  return markup`<ol class="way" aria-label="The way of your request">
    ${stations}
  </ol>`;
}
