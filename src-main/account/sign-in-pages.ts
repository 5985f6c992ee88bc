/** The pages that the browser shows when it comes back from the provider. They load nothing and run nothing. */

function page(title: string, text: string, colour: string, mark: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><style>
:root{color-scheme:light dark}
body{font:16px/1.5 'Segoe UI',system-ui,sans-serif;display:grid;place-content:center;min-height:100vh;margin:0;text-align:center}
.mark{width:64px;height:64px;border-radius:50%;margin:0 auto 20px;background:${colour};color:#fff;display:grid;place-content:center;font-size:32px}
h1{font-size:24px;font-weight:600;margin:0 0 8px}p{margin:0;opacity:.75}
</style></head><body><main><div class="mark" aria-hidden="true">${mark}</div><h1>${title}</h1><p>${text}</p></main></body></html>`;
}

export const SIGN_IN_SUCCEEDED_PAGE = page(
  'You are signed in',
  'Close this page and go back to Postern.',
  '#107c10',
  '✓',
);

export const SIGN_IN_FAILED_PAGE = page(
  'The sign-in did not complete',
  'Close this page; Postern says what to do next.',
  '#b10e1c',
  '!',
);
