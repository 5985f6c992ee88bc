import { STATUS_CODES } from 'node:http';
import { type Hop, failingHop } from '../../src-shared/errors/failing-hop.ts';
import type { PosternError } from '../../src-shared/errors/postern-error.ts';
import { errorGuidance } from './error-guidance.ts';
import { type SafeMarkup, markup } from './markup.ts';
import { type Page, renderPage } from './page.ts';

/** What an error answer tells (B45). */
export interface ErrorPageInput {
  readonly error: PosternError;
  readonly activityId: string;
  readonly atMs: number;
  readonly brand: string;
  /** Who is signed in, where that matters (403). */
  readonly userName?: string | undefined;
  /** Address for signing in anew, or as someone else; relative to the page's own host. */
  readonly signInPath?: string | undefined;
}

/** The stations of a request as a user can picture them, in their order, with the hops at which it may stop at each. */
const STATIONS: readonly { readonly name: string; readonly hops: readonly Hop[] }[] = [
  { name: 'Your browser', hops: ['client'] },
  { name: 'Publishing service', hops: ['service', 'sign-in', 'policy'] },
  { name: 'Connector', hops: ['connector', 'tunnel'] },
  { name: 'Application', hops: ['dns', 'connect', 'tls', 'backend'] },
];

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
    ${renderWay(failingHop(error.code))}
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
    hop: failingHop(error.code),
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

function renderWay(hop: Hop): SafeMarkup {
  const failedIndex = STATIONS.findIndex(({ hops }) => hops.includes(hop));
  const stations = STATIONS.map(({ name }, index) => {
    if (index === failedIndex) return markup`<li class="failed">${name}: stopped here</li>`;
    return index < failedIndex ? markup`<li>${name}</li>` : markup`<li class="beyond">${name}</li>`;
  });
  return markup`<ol class="way" aria-label="The way of your request">
    ${stations}
  </ol>`;
}
