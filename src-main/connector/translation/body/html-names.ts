import { NameTable } from './name-table.ts';

/** What an attribute's value is. */
export const VALUE_KINDS = {
  other: 0,
  address: 1,
  base: 2,
  addressList: 3,
  sourceSet: 4,
  style: 5,
  metaContent: 6,
  script: 7,
} as const;
export type ValueKind = (typeof VALUE_KINDS)[keyof typeof VALUE_KINDS];

const { address, addressList, sourceSet, style, metaContent, base, other } = VALUE_KINDS;

/**
 * Attributes that hold addresses, whatever the element: those that Entra documents (B37), those that HTML knows beyond, and
 * what scripts that load lazily read.
 */
const ATTRIBUTES: Readonly<Record<string, ValueKind>> = {
  action: address,
  background: address,
  cite: address,
  codebase: address,
  'data-background': address,
  'data-href': address,
  'data-original': address,
  'data-src': address,
  'data-srcset': sourceSet,
  'data-url': address,
  dynsrc: address,
  formaction: address,
  href: address,
  imagesrcset: sourceSet,
  longdesc: address,
  lowsrc: address,
  ping: addressList,
  poster: address,
  src: address,
  srcset: sourceSet,
  style,
  'xlink:href': address,
};

/** Attributes whose names are too general to be addresses on every element. */
const ATTRIBUTES_OF_ELEMENTS: Readonly<Record<string, Readonly<Record<string, ValueKind>>>> = {
  applet: { archive: addressList },
  base: { href: base },
  command: { icon: address },
  head: { profile: address },
  html: { manifest: address },
  input: { value: address },
  menuitem: { icon: address },
  meta: { content: metaContent },
  object: { archive: addressList, data: address },
};

/** Elements whose content isn't markup, up to their own end tag (HTML Standard, section 13.2.6.4). */
export const RAW_TEXT_ELEMENTS = ['style', 'script', 'title', 'textarea', 'xmp', 'iframe', 'noembed', 'noframes'];
export const PLAIN_TEXT_ELEMENT = 'plaintext';

/** Elements that begin foreign content, and those in it whose content is HTML again (section 13.2.6.5). */
export const FOREIGN_ROOTS = ['svg', 'math'];
export const HTML_IN_FOREIGN = ['foreignobject', 'desc', 'title', 'mi', 'mo', 'mn', 'ms', 'mtext', 'annotation-xml'];
/** Start tags that end foreign content. */
export const BREAK_OUT_OF_FOREIGN = [
  ...[
    'b',
    'big',
    'blockquote',
    'body',
    'br',
    'center',
    'code',
    'dd',
    'div',
    'dl',
    'dt',
    'em',
    'embed',
    'h1',
    'h2',
    'h3',
  ],
  ...[
    'h4',
    'h5',
    'h6',
    'head',
    'hr',
    'i',
    'img',
    'li',
    'listing',
    'menu',
    'meta',
    'nobr',
    'ol',
    'p',
    'pre',
    'ruby',
    's',
  ],
  ...['small', 'span', 'strong', 'strike', 'sub', 'sup', 'table', 'tt', 'u', 'ul', 'var'],
];

const ELEMENT_NAMES = [
  ...new Set([
    ...Object.keys(ATTRIBUTES_OF_ELEMENTS),
    ...RAW_TEXT_ELEMENTS,
    PLAIN_TEXT_ELEMENT,
    ...FOREIGN_ROOTS,
    ...HTML_IN_FOREIGN,
    ...BREAK_OUT_OF_FOREIGN,
  ]),
];
const ATTRIBUTE_NAMES = [
  ...new Set([
    ...Object.keys(ATTRIBUTES),
    ...Object.values(ATTRIBUTES_OF_ELEMENTS).flatMap((attributes) => Object.keys(attributes)),
  ]),
];

export const ELEMENT_TABLE = new NameTable(ELEMENT_NAMES);
export const ATTRIBUTE_TABLE = new NameTable(ATTRIBUTE_NAMES);

/** The number that `ELEMENT_TABLE` has for a name. */
export function elementNumber(name: string): number {
  return ELEMENT_NAMES.indexOf(name);
}

/** By number of the element plus one (0: any other), then by number of the attribute. */
export const KINDS_OF_ATTRIBUTES: readonly Uint8Array[] = [undefined, ...ELEMENT_NAMES].map((element) =>
  Uint8Array.from(
    ATTRIBUTE_NAMES,
    (name) => ATTRIBUTES_OF_ELEMENTS[element ?? '']?.[name] ?? ATTRIBUTES[name] ?? other,
  ),
);
