import { Html, html } from '../html.ts';

/** The pages that the menu names, by path. Links of the menu are relative to the host, as a good application has them. */
const MENU = [
  ['/', 'People'],
  ['/guest-book', 'Guest book'],
  ['/files', 'Files'],
  ['/ticker', 'Ticker'],
  ['/chat', 'Chat'],
  ['/headers', 'Headers'],
] as const;

export interface PageContent {
  readonly title: string;
  readonly lead: string;
  /** Path of the menu entry that this page belongs to. */
  readonly section: (typeof MENU)[number][0];
  readonly body: Html;
}

const MARK = new Html(
  '<svg viewBox="0 0 30 30" aria-hidden="true"><rect width="30" height="30" rx="8" fill="#0b6e63"/><path d="M7 22V13l8-5 8 5v9" fill="none" stroke="#fff" stroke-width="2.2" stroke-linejoin="round"/><path d="M12.5 22v-5h5v5" fill="none" stroke="#ffd58a" stroke-width="2.2" stroke-linejoin="round"/></svg>',
);

/** The whole document around a page's body. */
export function renderPage({ title, lead, section, body }: PageContent): string {
  const links = MENU.map(
    ([path, name]) => html`<a href="${path}" ${new Html(path === section ? ' aria-current="page"' : '')}>${name}</a>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Contoso intranet</title>
        <link rel="stylesheet" href="/intranet.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <div class="row">
            <a class="brand" href="/">${MARK}Contoso intranet</a>
            <nav aria-label="Main">${links}</nav>
          </div>
        </header>
        <main id="content">
          <h1>${title}</h1>
          <p class="lead">${lead}</p>
          ${body}
        </main>
        <footer>A sample application of the Postern trial. It listens on this machine alone.</footer>
      </body>
    </html> `.text;
}
