import { hasSecretWord, hideTokens, isKeyLike, SECRET_MARK } from '../../../src-shared/connector/secret-words.ts';

/** Strings, numbers and marks of JSON. What is cut off at its end is read as far as it goes. */
const JSON_TOKENS = /"(?:[^"\\]|\\.?)*"?|-?\d[\d.eE+-]*|[:,{}[\]]/gs;
const XML_ELEMENT = /<([\w:.-]{1,64})((?:\s[^<>]*)?>)(\s*<!\[CDATA\[[^\]]*(?:\](?!\]>)[^\]]*)*(?:\]\]>)?|[^<]+)/g;
const HTML_INPUT = /<input\b[^<>]*>/gi;
/** In JSON most of these are an error's and a record's. */
const COMMON_NAMES: ReadonlySet<string> = new Set(['code', 'key']);

/**
 * The text of a body without what its form calls a secret: fields of forms, members of JSON, elements of XML and inputs of pages whose names say
 * so, and tokens wherever they stand. What a name does not give away stays.
 * @param type its content-type
 */
export function hideSecrets(text: string, type: string): string {
  return hideTokens(hideNamed(text, type.toLowerCase()));
}

function hideNamed(text: string, type: string): string {
  if (type.includes('x-www-form-urlencoded')) return hideInForm(text);
  if (type.startsWith('multipart/')) return hideInParts(text, type);
  if (type.includes('html')) return text.replaceAll(HTML_INPUT, hideInInput);
  if (type.includes('xml')) return hideInXml(text);
  if (type.includes('json') || /^\s*[{[]/.test(text.slice(0, 100))) return hideInJson(text);
  return text;
}

function hideInForm(text: string): string {
  const pairs = text.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    if (equals === -1 || equals === pair.length - 1) return pair;
    const name = pair.slice(0, equals);
    return hasSecretWord(decode(name)) ? `${name}=${SECRET_MARK}` : pair;
  });
  return pairs.join('&');
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function hideInParts(text: string, type: string): string {
  const boundary = /boundary="?([^";]{1,70})/.exec(type)?.[1];
  if (boundary === undefined) return text;
  // The type was made small, the boundary in the body is as it was sent.
  const delimiter = text.slice(0, 2 + boundary.length);
  if (delimiter.toLowerCase() !== `--${boundary}`) return text;
  const parts = text.split(delimiter).map((part) => {
    const headEnd = part.indexOf('\r\n\r\n');
    if (headEnd === -1) return part;
    const name = /\bname="([^"]{1,200})"/i.exec(part.slice(0, headEnd))?.[1];
    return name !== undefined && hasSecretWord(name) ? `${part.slice(0, headEnd + 4)}${SECRET_MARK}\r\n` : part;
  });
  return parts.join(delimiter);
}

function hideInInput(input: string): string {
  const { type, name } = attributesOf(input);
  if (type?.toLowerCase() !== 'password' && !hasSecretWord(name ?? '')) return input;
  return input.replace(/(?<=\s)(value=)(?:"[^"]*"|'[^']*'|[^\s"'>]+)/i, `$1"${SECRET_MARK}"`);
}

function attributesOf(input: string): Readonly<Record<string, string | undefined>> {
  const found = input.matchAll(/(?<=\s)(type|name)=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi);
  return Object.fromEntries(
    Array.from(found, ([, key, ...values]) => [key?.toLowerCase() ?? '', values.find((each) => each !== undefined)]),
  );
}

function hideInXml(text: string): string {
  return text.replaceAll(XML_ELEMENT, (all: string, name: string, rest: string, content: string) =>
    hasSecretWord(name) && content.trim() !== '' ? `<${name}${rest}${SECRET_MARK}` : all,
  );
}

/** A list of secrets is hidden one by one; an object under such a name is looked at by the names within. */
function hideInJson(text: string): string {
  let hidden = '';
  let at = 0;
  let lastString: string | null = null;
  let secretName: string | null = null;
  let isInList = false;
  for (const { 0: token, index } of text.matchAll(JSON_TOKENS)) {
    const isValue = token.startsWith('"') || /^[-\d]/.test(token);
    if (isValue) {
      if (secretName !== null && isSecretValue(secretName, token)) {
        hidden += `${text.slice(at, index)}"${SECRET_MARK}"`;
        at = index + token.length;
      }
      lastString = token.startsWith('"') ? token.slice(1, -1) : null;
      continue;
    }
    if (token === ':') secretName = lastString !== null && hasSecretWord(lastString) ? lastString : null;
    else if (token === '[' && secretName !== null) isInList = true;
    else if (token !== ',' || !isInList) {
      secretName = null;
      isInList = false;
    }
    lastString = null;
  }
  return hidden + text.slice(at);
}

function isSecretValue(name: string, token: string): boolean {
  if (token === '""') return false;
  return !COMMON_NAMES.has(name.toLowerCase()) || isKeyLike(token.replaceAll('"', ''));
}
