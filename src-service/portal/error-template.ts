import { markup, type SafeMarkup } from './markup.ts';

/** Texts, which may stand in the quotes of an attribute, too, where `isPlain` says so. */
const TEXTS = {
  title: false,
  message: false,
  status: true,
  statusText: true,
  code: true,
  hop: true,
  activityId: true,
  time: true,
  displayName: false,
} as const;
/** Pieces of our own page. */
const PIECES = ['banner', 'way', 'advice', 'actions', 'help', 'facts'] as const;

type TextName = keyof typeof TEXTS;
type PieceName = (typeof PIECES)[number];
/** What a page fills a template with. */
export type TemplateValues = Readonly<Record<TextName, string> & Record<PieceName, SafeMarkup | null>>;

/** An operator's own error page, checked. */
export interface ErrorTemplate {
  /** Style sheets within it, whose hashes the policy allows. */
  readonly styles: readonly string[];
  /** @param closing what stands before the end of the body */
  render(values: TemplateValues, closing: string): string;
}

const PLACEHOLDER = /\{\{\s*([A-Za-z]*)\s*\}\}/g;
const STYLE = /<style\b[^>]*>([\s\S]*?)<\/style>/gi;
const TAG = /<[a-z!/{](?:"[^"]*"|'[^']*'|[^>"'])*>/gi;
/** What the policy of the page would refuse anyway, with what to do instead. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/<script\b/i, 'has a script. None is allowed; a <button hidden data-copy="{{activityId}}"> copies by itself'],
  [/<[^>]+\son[a-z]+\s*=/i, 'has an event handler in an attribute (on…=). No script is allowed'],
  [/<[^>]+\sstyle\s*=/i, 'has a style attribute. Put it into a <style> element'],
  [
    /<(?:link|iframe|frame|object|embed|form|base|meta[^>]+http-equiv)\b/i,
    'has an element that is not allowed: link, iframe, object, embed, form, base or meta http-equiv',
  ],
  [
    /<[^>]+\s(?:src|srcset|poster|background)\s*=\s*["']?(?!data:)[^\s"'>]/i,
    'loads something from elsewhere. Put pictures into it as data: URLs',
  ],
  [
    /(?:url\(\s*["']?(?!data:)[^)\s]|@import)/i,
    'has a style that loads something from elsewhere. Put it in as a data: URL',
  ],
  [/javascript:/i, 'has a javascript: address'],
];

/**
 * Reads an operator's error page: HTML with `{{placeholders}}`, every value of which is escaped as it is put in.
 * @returns the template, or what is wrong with it
 */
export function parseErrorTemplate(text: string): ErrorTemplate | string {
  const problem = findProblem(text);
  if (problem !== null) return problem;
  // Literals and names in turn.
  const parts = text.split(PLACEHOLDER);
  const styles = [...text.matchAll(STYLE)].map(([, style = '']) => style);
  return {
    styles,
    render: (values, closing) => {
      const filled = parts
        .map((part, index) => (index % 2 === 0 ? part : markup`${values[part as keyof TemplateValues]}`.text))
        .join('');
      const end = filled.search(/<\/body\s*>(?![\s\S]*<\/body)/i);
      return end === -1 ? filled + closing : filled.slice(0, end) + closing + filled.slice(end);
    },
  };
}

function findProblem(text: string): string | null {
  const names = new Set<string>();
  for (const [whole, name = ''] of text.matchAll(PLACEHOLDER)) {
    if (!isKnown(name)) return `${whole} is no placeholder. There are ${[...Object.keys(TEXTS), ...PIECES].join(', ')}`;
    names.add(name);
  }
  const facts = ['status', 'activityId', 'time'].filter((name) => !names.has(name));
  if (!names.has('facts') && facts.length > 0) {
    return `{{${facts.join('}}, {{')}}} is missing: a page must show it, or {{facts}}`;
  }
  if (!/<html\b[^>]*\slang\s*=/i.test(text)) return 'the html element says no language: begin with <html lang="en">';
  if (!/<title>[^<]*\S/i.test(text)) return 'there is no <title>; {{status}} {{title}} would do';
  for (const [pattern, reason] of FORBIDDEN) if (pattern.test(text)) return `line ${lineOf(text, pattern)} ${reason}`;
  return findMisplaced(text);
}

function isKnown(name: string): boolean {
  return Object.hasOwn(TEXTS, name) || (PIECES as readonly string[]).includes(name);
}

/** Where escaping is no help: within a style, a comment, a tag's name, or an attribute without quotes. */
function findMisplaced(text: string): string | null {
  for (const [block] of [...text.matchAll(STYLE), ...text.matchAll(/<!--[\s\S]*?-->/g)]) {
    if (block.includes('{{')) return 'a placeholder stands in a style or a comment';
  }
  for (const [tag] of text.matchAll(TAG)) {
    const unquoted = tag.replaceAll(/"[^"]*"|'[^']*'/g, '');
    if (unquoted.includes('{{')) return `a placeholder in ${tag.slice(0, 60)} needs quotes around it`;
    for (const [whole, name = ''] of tag.matchAll(PLACEHOLDER)) {
      if (!isPlainText(name)) return `${whole} can't stand in an attribute`;
    }
  }
  return null;
}

function isPlainText(name: string): boolean {
  return Object.hasOwn(TEXTS, name) && TEXTS[name as TextName];
}

function lineOf(text: string, pattern: RegExp): number {
  return text.slice(0, pattern.exec(text)?.index ?? 0).split('\n').length;
}
