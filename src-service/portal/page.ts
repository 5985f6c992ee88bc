import { createHash } from 'node:crypto';
import type { Branding } from './branding.ts';
import { SafeMarkup, markup } from './markup.ts';

/** A page that is ready to send. */
export interface Page {
  readonly body: string;
  /** `name, value, name, value…` */
  readonly headers: readonly string[];
}

export interface PageContent {
  readonly title: string;
  readonly brand: Branding;
  readonly content: SafeMarkup;
  /** Beside the brand, at the other side. */
  readonly beside?: SafeMarkup;
  /** A style sheet beside the one of all pages, for this kind of page alone. It must be constant. */
  readonly style?: string;
  /** Whether it shows pictures from the service's own host. */
  readonly hasOwnPictures?: boolean;
  /** Extra elements for the head, a meta refresh for instance. */
  readonly head?: SafeMarkup;
  /** A page of the service's own host, which shares its window with none of another site; one on the way to an application must. */
  readonly isIsolated?: boolean;
  /** Whether the page has a form, which the host that takes it wants to know the origin of. */
  readonly hasForm?: boolean;
  /** An inline script. It must be constant: what varies goes into `data-` attributes. */
  readonly script?: string;
}

/**
 * Renders a page of the service: self-contained, light or dark as the system is, under a policy that allows its own
 * style and script by their hashes and nothing else (CSP Level 3).
 */
export function renderPage(page: PageContent): Page {
  const { hasPicture, style } = page.brand;
  const styles = page.style === undefined ? [style] : [style, page.style];
  const body = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title}</title>
${page.head ?? null}
${styles.map((style) => new SafeMarkup(`<style>${style}</style>`))}
</head>
<body>
<main>
${page.beside ?? null}
<p class="brand">${page.brand.banner}</p>
${page.content}
</main>
${page.script === undefined ? null : new SafeMarkup(`<script>${page.script}</script>`)}
</body>
</html>
`;
  const scripts = page.script === undefined ? [] : [page.script];
  const { hasOwnPictures, isIsolated, hasForm } = page;
  return makePage(body.text, { styles, scripts, hasPicture, hasOwnPictures, isIsolated, hasForm });
}

/** What a page needs of its policy. */
interface PageNeeds {
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  readonly hasPicture: boolean;
  readonly hasOwnPictures?: boolean | undefined;
  readonly isIsolated?: boolean | undefined;
  readonly hasForm?: boolean | undefined;
}

/** A page of this HTML, under a policy that allows these styles and scripts by their hashes, pictures within it, and nothing else. */
export function makePage(body: string, needs: PageNeeds): Page {
  const { styles, scripts, hasPicture, hasOwnPictures = false, isIsolated = false, hasForm = false } = needs;
  const pictures = [...(hasPicture ? ['data:'] : []), ...(hasOwnPictures ? ["'self'"] : [])];
  const policy = [
    "default-src 'none'",
    ...(styles.length > 0 ? [`style-src ${sourcesOf(styles)}`] : []),
    ...(scripts.length > 0 ? [`script-src ${sourcesOf(scripts)}`] : []),
    ...(pictures.length > 0 ? [`img-src ${pictures.join(' ')}`] : []),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    body,
    headers: [
      'Content-Type',
      'text/html; charset=utf-8',
      'Cache-Control',
      'no-store',
      'Content-Security-Policy',
      policy,
      'X-Content-Type-Options',
      'nosniff',
      'X-Frame-Options',
      'DENY',
      'Cross-Origin-Resource-Policy',
      'same-origin',
      ...(isIsolated ? ['Cross-Origin-Opener-Policy', 'same-origin'] : []),
      'Referrer-Policy',
      // Without any, browsers say `Origin: null` in a form's post.
      hasForm ? 'same-origin' : 'no-referrer',
    ],
  };
}

function sourcesOf(texts: readonly string[]): string {
  return texts.map((text) => `'${hashSource(text)}'`).join(' ');
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
