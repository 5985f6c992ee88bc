import { createHash } from 'node:crypto';
import { AddressRewriter } from './address-rewriter.ts';
import type { BodyScanner } from './body-scanner.ts';
import { BodyRewriter } from './body-rewriter.ts';
import { CssScanner } from './css-scanner.ts';
import { Edits } from './edits.ts';
import { HtmlScanner } from './html-scanner.ts';
import { PageLinks, type PageSite } from './page-links.ts';
import { ScriptScanner } from './script-scanner.ts';
import type { BodyKind } from './translated-head.ts';

/** Rises when the same page would come out otherwise: copies that browsers hold are then asked for anew. */
const TRANSLATION_VERSION = 1;

export interface BodyTranslationOptions {
  readonly site: PageSite;
  /** Whether scripts, event handlers and JSON are translated as well. */
  readonly isInScripts: boolean;
}

/** How the bodies of one application are translated; made once per configuration. */
export class BodyTranslation {
  readonly isInScripts: boolean;
  /** What a translated body depends on beside the backend's, as eight characters. */
  readonly mark: string;
  readonly #site: PageSite;

  constructor({ site, isInScripts }: BodyTranslationOptions) {
    this.#site = site;
    this.isInScripts = isInScripts;
    const basis = [TRANSLATION_VERSION, isInScripts, site.internalOrigin, site.externalOrigin, site.urlMap.fingerprint];
    this.mark = createHash('sha256').update(JSON.stringify(basis)).digest('base64url').slice(0, 8);
  }

  /** What rewrites one body. */
  makeRewriter(kind: BodyKind, charset: string | null): BodyRewriter {
    const edits = new Edits();
    const scanner = this.#makeScanner(kind, edits);
    return new BodyRewriter({ kind: kind === 'xhtml' ? 'html' : kind, charset, scanner, edits });
  }

  #makeScanner(kind: BodyKind, edits: Edits): BodyScanner {
    const links = new PageLinks(this.#site);
    const makeRewriter = (target: Edits): AddressRewriter => new AddressRewriter(links, target);
    switch (kind) {
      case 'css':
        return new CssScanner(makeRewriter(edits));
      case 'script':
        return new ScriptScanner(links, edits);
      case 'html':
      case 'xhtml':
        return new HtmlScanner(edits, makeRewriter, { isXml: kind === 'xhtml', isInScripts: this.isInScripts });
    }
  }
}
