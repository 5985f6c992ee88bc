import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import type { BodyKind } from '../../src-main/connector/translation/body/translated-head.ts';
import { type Pairs, PAIRS, translateOctets } from '../helpers/translate-body.ts';

/** What pages, style sheets and scripts are made of, in an order that nobody would choose. */
const SYNTAX = [
  ...[
    '<',
    '>',
    '</',
    '/>',
    '<!--',
    '-->',
    '--!>',
    '<!',
    '<?',
    '=',
    '"',
    "'",
    ' ',
    '\n',
    '/',
    '&',
    '&amp;',
    '&#47;',
    '\\',
  ],
  ...[
    '<a href=',
    '<a\thref="',
    "<img srcset='",
    '<p style="',
    '<style>',
    '</style>',
    '<script>',
    '</script>',
    '<title>',
  ],
  ...[
    '</title>',
    '<textarea>',
    '</textarea >',
    '<svg>',
    '</svg>',
    '<math>',
    '<![CDATA[',
    ']]>',
    '<base href="',
    '<meta ',
  ],
  ...[
    'content="0;url=',
    'charset=',
    '<plaintext>',
    '<div>',
    '<foreignObject>',
    'url(',
    ')',
    '@import ',
    '/*',
    '*/',
    ';',
  ],
  ...[
    'http://a.corp/crm/',
    'http://a.corp/',
    '/crm/',
    '/crm',
    '//a.corp/crm/x',
    'https://hr.corp:8443/',
    'http:',
    'ws://a.corp/crm/',
  ],
  ...[
    'http:\\/\\/a.corp\\/crm\\/',
    '\\u002f',
    'image-set(',
    '\u00e9',
    '\u4e2d',
    '{"a":',
    '}',
    ',',
    '?',
    '#',
    'x',
    'javascript:',
  ],
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...SYNTAX), fc.string({ maxLength: 5 })), { maxLength: 60 })
  .map((parts) => parts.join(''));
const body = fc.oneof(
  text.map((string) => Buffer.from(string)),
  text.map((string) => Buffer.from(string, 'utf16le')),
  text.map((string) => Buffer.from(string, 'latin1')),
  fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
);
const kind = fc.constantFrom<BodyKind>('html', 'xhtml', 'css', 'script');
const charset = fc.constantFrom(
  null,
  'utf-8',
  'utf-16le',
  'utf-16be',
  'shift_jis',
  'gb18030',
  'iso-2022-jp',
  'windows-1252',
);
const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

describe('B36 B37 translation of bodies', () => {
  test('never throws, and gives the same however the body comes', () => {
    fc.assert(
      fc.property(body, kind, charset, fc.boolean(), pieces, (octets, kind, charset, isInScripts, pieces) => {
        const options = { kind, charset, isInScripts };
        expect(translateOctets(octets, { ...options, pieces })).toEqual(translateOctets(octets, options));
      }),
      { numRuns: 3000 },
    );
  });

  test('an application that is all of its backend is translated as one that is known to be not', () => {
    const own = PAIRS.slice(0, 1);
    const pairs: Pairs = [...own, ['http://a.corp/no-such-folder/', 'https://elsewhere.example.com/']];
    fc.assert(
      fc.property(body, kind, charset, fc.boolean(), (octets, kind, charset, isInScripts) => {
        const options = { kind, charset, isInScripts };
        expect(translateOctets(octets, { ...options, pairs: own })).toEqual(
          translateOctets(octets, { ...options, pairs }),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('leaves every octet where nothing is published', () => {
    const pairs: Pairs = [['http://nowhere.corp/deep/', 'https://elsewhere.example.com/']];
    fc.assert(
      fc.property(body, kind, charset, pieces, (octets, kind, charset, pieces) => {
        expect(translateOctets(octets, { pairs, kind, charset, isInScripts: true, pieces })).toEqual(octets);
      }),
      { numRuns: 1000 },
    );
  });

  test('changes what a browser would read as an address, and nothing else of the document', () => {
    fc.assert(
      fc.property(document, pieces, (html, pieces) => {
        const translated = translateOctets(Buffer.from(html), { charset: 'utf-8', pieces }).toString();
        expect(describeDocument(translated, false)).toEqual(describeDocument(html, true));
      }),
      { numRuns: 2000 },
    );
  });
});

const address = fc.constantFrom(
  ...[
    'http://a.corp/crm/x',
    'HTTP://A.CORP/crm/?q=1&amp;r=2',
    '//a.corp/crm/',
    'http:&#x2f;/a.corp/crm/y',
    ' http://a.corp/crm/z ',
  ],
  ...[
    '/crm/a',
    '/crm',
    '/other',
    'x/y',
    '',
    '#top',
    'http://b.corp/crm/',
    'https://hr.corp:8443/leave',
    'mailto:a@b',
    '/sales/s',
  ],
);
const quoted = address.chain((value) =>
  fc.constantFrom(`"${value}"`, `'${value}'`, ...(/[\s"'=<>`]|^$/.test(value) ? [] : [value])),
);
const attributeName = fc.constantFrom(
  'href',
  'SRC',
  'action',
  'data-src',
  'title',
  'alt',
  'id',
  'poster',
  'cite',
  'xhref',
  'hrefx',
);
const attributes = fc
  .array(fc.tuple(attributeName, fc.constantFrom('=', ' = ', '\n='), quoted), { maxLength: 3 })
  .map((list) => list.map((parts) => ` ${parts.join('')}`).join(''));
const word = fc.constantFrom(
  'text',
  'a < b',
  '&lt;a href=/crm/>',
  '<',
  '</ x>',
  '<!doctype html>',
  '<? x ?>',
  '<!-- <a href="/crm/"> -->',
  '<!---->',
);
const element = fc.constantFrom('a', 'p', 'DIV', 'img', 'form', 'blockquote', 'section', 'x-thing');
const rawElement = fc.constantFrom('script', 'style', 'textarea', 'iframe', 'xmp');
const raw = fc.constantFrom(
  '',
  'x',
  '<a href="/crm/x">',
  '<!-- <script> -->',
  '</stylex>',
  '</ script',
  'if (a<b) "</" + "p>"',
  '<!--<script></script>-->',
);
const piece = fc.oneof(
  word,
  fc
    .tuple(element, attributes, fc.constantFrom('>', '/>', ' >', '\n>'))
    .map(([name, list, end]) => `<${name}${list}${end}`),
  element.map((name) => `</${name}>`),
  fc.tuple(rawElement, attributes, raw).map(([name, list, content]) => `<${name}${list}>${content}</${name}>`),
  fc
    .tuple(attributes, word)
    .map(([list, content]) => `<svg><a${list}><style>${content}</style><title/><![CDATA[<a href="/crm/">]]></a></svg>`),
  fc.tuple(attributes).map(([list]) => `<svg><desc><title><a href="/crm/"></title><a${list}></a></desc></svg>`),
);
const document = fc.array(piece, { maxLength: 12 }).map((parts) => `<!doctype html><body>${parts.join('')}`);

const ADDRESSES = new Set(['href', 'src', 'action', 'data-src', 'poster', 'cite']);

/** All that a document consists of, in order, as its parser sees it; with addresses as they should become where wanted. */
function describeDocument(html: string, isExpectation: boolean): string[] {
  const lines: string[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('attrs' in node) {
      lines.push(`<${node.tagName}`);
      for (const { name, value } of node.attrs) {
        lines.push(` ${name}=${isExpectation && ADDRESSES.has(name) ? expectedAddress(value) : value}`);
      }
    } else if ('data' in node) lines.push(`!${node.data}`);
    else if ('value' in node) lines.push(node.value);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(html, { scriptingEnabled: false }));
  return lines;
}

/** By plain comparison, for the spellings that this test makes. */
function expectedAddress(value: string): string {
  const [, before = '', url = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(value) ?? [];
  const absolute = url.startsWith('//') ? `http:${url}` : url.startsWith('/') ? `http://a.corp${url}` : url;
  for (const [internal, external] of PAIRS) {
    const isBare = `${absolute}/` === internal;
    if (!isBare && !absolute.toLowerCase().startsWith(internal)) continue;
    const translated = isBare ? external.slice(0, -1) : external + absolute.slice(internal.length);
    const isOwn = url.startsWith('/') && !url.startsWith('//') && translated.startsWith('https://b.example.com');
    return before + (isOwn ? translated.slice('https://b.example.com'.length) || '/' : translated) + after;
  }
  return value;
}
