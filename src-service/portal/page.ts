import { createHash } from 'node:crypto';
import { SafeMarkup, markup } from './markup.ts';

/** The one style sheet of all pages, inline, so that a page needs nothing else from anywhere. */
const STYLE = `
:root{color-scheme:light dark;--ground:#f4f5f8;--card:#fff;--ink:#1b1f2a;--soft:#5a6274;--line:#dfe3ea;--accent:#2f5bd8;--accent-ink:#fff;--good:#1a7f4b;--bad:#b3261e;--bad-ground:#fdecea}
@media (prefers-color-scheme:dark){:root{--ground:#12141a;--card:#1b1e27;--ink:#eceef4;--soft:#a3abbd;--line:#313645;--accent:#8fb0ff;--accent-ink:#0d1430;--good:#6fd3a0;--bad:#ffb4ab;--bad-ground:#3a1c1b}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;padding:24px 16px;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{width:100%;max-width:640px;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:36px 40px;box-shadow:0 8px 30px rgb(0 0 0/6%)}
main.wide{max-width:880px}
.brand{display:flex;align-items:center;gap:10px;margin:0 0 24px;color:var(--soft);font-size:14px;font-weight:600}
.brand svg{width:22px;height:22px;color:var(--accent)}
h1{font-size:27px;line-height:1.25;margin:0 0 10px;font-weight:650;letter-spacing:-.01em}
h2{font-size:14px;margin:28px 0 8px;color:var(--soft);font-weight:600}
p{margin:0 0 12px;overflow-wrap:anywhere}
ul{margin:0;padding-left:20px}li{margin:4px 0}
a{color:var(--accent);text-underline-offset:3px}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:6px}
.actions{display:flex;flex-wrap:wrap;gap:10px;margin-top:24px}
.button{display:inline-block;padding:9px 18px;border-radius:8px;background:var(--accent);color:var(--accent-ink);text-decoration:none;font-weight:600;border:1px solid var(--accent)}
.button.quiet{background:transparent;color:var(--accent);border-color:var(--line)}
.way{display:flex;list-style:none;padding:0;margin:26px 0 4px;gap:8px}
.way li{flex:1;margin:0;padding-top:10px;border-top:4px solid var(--good);font-size:13px;color:var(--soft)}
.way li.failed{border-color:var(--bad);color:var(--bad);font-weight:600}.way li.beyond{border-color:var(--line)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:26px 0 0;padding-top:18px;border-top:1px solid var(--line);font-size:13.5px}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
dd button{margin-left:8px;padding:1px 9px;border:1px solid var(--line);border-radius:6px;background:transparent;color:var(--accent);font:inherit;cursor:pointer}
code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;user-select:all}
.apps{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:14px;list-style:none;padding:0;margin:22px 0 0}
.apps a{display:flex;gap:14px;align-items:center;padding:16px;border:1px solid var(--line);border-radius:12px;color:inherit;text-decoration:none;height:100%}
.apps a:hover{border-color:var(--accent)}
.apps li{margin:0;min-width:0}.apps span.name{display:block;font-weight:600;overflow-wrap:anywhere}.apps span.host{display:block;font-size:13px;color:var(--soft);overflow-wrap:anywhere}
.tile{flex:none;width:42px;height:42px;border-radius:10px;display:grid;place-items:center;background:var(--accent);color:var(--accent-ink);font-weight:700;font-size:18px}
.person{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:12px;color:var(--soft)}
@media (max-width:520px){main{padding:26px 20px}.way{flex-direction:column;gap:6px}}
`;

const MARK = new SafeMarkup(
  '<svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M4 21V9a8 8 0 0 1 16 0v12"/><path d="M9 21v-9a3 3 0 0 1 6 0v9"/><path d="M2 21h20"/></svg>',
);

/** A page that is ready to send. */
export interface Page {
  readonly body: string;
  /** `name, value, name, value…` */
  readonly headers: readonly string[];
}

export interface PageContent {
  readonly title: string;
  /** Name of the service, shown above the content. */
  readonly brand: string;
  readonly content: SafeMarkup;
  readonly isWide?: boolean;
  /** Extra elements for the head, a meta refresh for instance. */
  readonly head?: SafeMarkup;
  /** An inline script. It must be constant: what varies goes into `data-` attributes. */
  readonly script?: string;
}

/**
 * Renders a page of the service: self-contained, light or dark as the system is, under a policy that allows its own
 * style and script by their hashes and nothing else (CSP Level 3).
 */
export function renderPage(page: PageContent): Page {
  const body = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title}</title>
${page.head ?? null}
<style>${new SafeMarkup(STYLE)}</style>
</head>
<body>
<main${new SafeMarkup(page.isWide === true ? ' class="wide"' : '')}>
<p class="brand">${MARK}<span>${page.brand}</span></p>
${page.content}
</main>
${page.script === undefined ? null : new SafeMarkup(`<script>${page.script}</script>`)}
</body>
</html>
`;
  const scriptPolicy = page.script === undefined ? '' : ` script-src '${hashSource(page.script)}';`;
  return {
    body: body.text,
    headers: [
      'Content-Type',
      'text/html; charset=utf-8',
      'Cache-Control',
      'no-store',
      'Content-Security-Policy',
      `default-src 'none'; style-src '${hashSource(STYLE)}';${scriptPolicy} base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
      'X-Content-Type-Options',
      'nosniff',
      'X-Frame-Options',
      'DENY',
      'Referrer-Policy',
      'no-referrer',
    ],
  };
}

const hashes = new Map<string, string>();

function hashSource(text: string): string {
  let hash = hashes.get(text);
  if (hash === undefined) {
    hash = `sha256-${createHash('sha256').update(text).digest('base64')}`;
    hashes.set(text, hash);
  }
  return hash;
}
