import { BodyTranslation } from '../../src-main/connector/translation/body/body-translation.ts';
import { makePageSite } from '../../src-main/connector/translation/body/page-site.ts';
import type { BodyKind } from '../../src-main/connector/translation/body/translated-head.ts';
import { UrlMap } from '../../src-main/connector/translation/url-map.ts';

/** Pairs of addresses as [internal, external]; the first is the page's own. */
export type Pairs = readonly (readonly [internalUrl: string, externalUrl: string])[];

/** An application in a folder, another on its host, and one elsewhere with a port. */
export const PAIRS: Pairs = [
  ['http://a.corp/crm/', 'https://b.example.com/'],
  ['http://a.corp/sales/', 'https://sales.example.com/x/'],
  ['https://hr.corp:8443/', 'https://hr.example.com/'],
  ['http://plain.corp/', 'https://plain.example.com/'],
];

export interface TranslateOptions {
  readonly kind?: BodyKind;
  readonly charset?: string | null;
  readonly isInScripts?: boolean;
  readonly pairs?: Pairs;
  /** The page's own pair, where it isn't the first: of a wildcard, with its label. */
  readonly own?: Pairs[number] | undefined;
  /** Lengths of the pieces that the body comes in, over and over; absent: one piece. */
  readonly pieces?: readonly number[];
}

/** Makes what translates the bodies of one application. */
function makeTranslation({ pairs = PAIRS, own, isInScripts = false }: TranslateOptions): BodyTranslation {
  const published = pairs.map(([internalUrl, externalUrl]) => ({ internalUrl, externalUrl }));
  const [internalUrl, externalUrl] = own ?? pairs[0] ?? ['', ''];
  return new BodyTranslation({ site: makePageSite({ internalUrl, externalUrl }, new UrlMap(published)), isInScripts });
}

/** Translates a whole body. */
export function translateOctets(body: Buffer, options: TranslateOptions = {}): Buffer {
  const translation = makeTranslation(options);
  const rewriter = translation.makeRewriter(options.kind ?? 'html', options.charset ?? null);
  const lengths = options.pieces ?? [];
  const out: Buffer[] = [];
  for (let at = 0, turn = 0; at < body.length; turn += 1) {
    const length = Math.max(1, lengths.length === 0 ? body.length : (lengths[turn % lengths.length] ?? 1));
    out.push(Buffer.from(rewriter.push(Buffer.from(body.subarray(at, at + length)))));
    at += length;
  }
  out.push(rewriter.end());
  return Buffer.concat(out);
}

/** Translates a whole body of UTF-8 text. */
export function translateText(body: string, options: TranslateOptions = {}): string {
  return translateOctets(Buffer.from(body), { charset: 'utf-8', ...options }).toString();
}
