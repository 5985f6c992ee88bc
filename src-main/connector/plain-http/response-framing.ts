import { isLineText, readFieldLines } from './message-fields.ts';

/** Where a body ends: after so many octets, with its last chunk, or with the connection. */
export type BodyFraming = number | 'chunked' | 'until-end';

/** The head of a response as it came. */
export interface ParsedHead {
  readonly status: number;
  /** `name, value…` */
  readonly headers: string[];
  readonly framing: BodyFraming;
  /** Whether another request may come over the connection. */
  readonly keepsAlive: boolean;
  /** For how long the backend says that it keeps an idle connection; null where it says nothing. */
  readonly keepAliveSeconds: number | null;
}

const VERSION_LENGTH = 'HTTP/1.x '.length;
const FOLD = /\r\n[\t ]+/g;
const BLANK_BEFORE_COLON = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+)[\t ]+:/gm;
const DIGITS = /^\d{1,15}$/;
const KEEP_ALIVE_SECONDS = /(?:^|[,;\s])timeout=(\d{1,9})(?:$|[,;\s])/i;

/**
 * Reads a response head, which ends in the CR LF of its last line. Whatever could be read in two ways is not read at all; what is in
 * forms that HTTP has given up is the last of its connection.
 * @returns null where it isn't plain HTTP/1.0 or 1.1
 */
export function parseResponseHead(text: string, isAnswerToHead: boolean): ParsedHead | null {
  const lineEnd = text.indexOf('\r\n');
  const status = readStatusLine(text, lineEnd);
  if (status === null) return null;
  const plain = readFieldLines(text, lineEnd + 2);
  const headers = plain ?? readFieldLines(inPresentForm(text.slice(lineEnd + 2)), 0);
  if (headers === null) return null;
  let length: string | null = null;
  let coding: string | null = null;
  let connection: string | null = null;
  let keepAlive: string | null = null;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name.length !== 10 && name.length !== 14 && name.length !== 17) continue;
    const value = headers[index + 1] as string;
    const lowerName = name.toLowerCase();
    if (lowerName === 'connection') {
      connection = connection === null ? value : `${connection},${value}`;
    } else if (lowerName === 'keep-alive') {
      keepAlive = value;
    } else if (lowerName === 'content-length') {
      if (!DIGITS.test(value) || (length !== null && length !== value)) return null;
      // Of one that is said twice, once is passed on (RFC 9110 section 8.6).
      if (length !== null) {
        headers.splice(index, 2);
        index -= 2;
      }
      length = value;
    } else if (lowerName === 'transfer-encoding') {
      if (coding !== null || value.toLowerCase() !== 'chunked') return null;
      coding = value;
    }
  }
  if (length !== null && coding !== null) return null;
  // HTTP/1.0 has no chunks (RFC 9112, section 6.1).
  const isHttp11 = text.charCodeAt(7) === 0x31;
  if (coding !== null && !isHttp11) return null;
  const isBodiless = isAnswerToHead || status < 200 || status === 204 || status === 304;
  const saysBody = coding !== null || (length !== null && Number(length) > 0);
  if (status < 200 && saysBody) return null;
  const framing = isBodiless ? 0 : coding !== null ? 'chunked' : length === null ? 'until-end' : Number(length);
  const persists = connection === null ? isHttp11 : isPersistent(connection, isHttp11);
  return {
    status,
    headers,
    framing,
    // What says that it has a body where none may be perhaps sends it after all.
    keepsAlive: persists && plain !== null && framing !== 'until-end' && !(isBodiless && !isAnswerToHead && saysBody),
    keepAliveSeconds: keepAlive === null ? null : secondsOf(keepAlive),
  };
}

/** Field lines that go on with a blank, and names with a blank before their colon, as a proxy has to write them (RFC 9112 section 5). */
function inPresentForm(lines: string): string {
  return lines.replace(FOLD, ' ').replace(BLANK_BEFORE_COLON, '$1:');
}

function readStatusLine(text: string, end: number): number | null {
  if (!text.startsWith('HTTP/1.') || end < VERSION_LENGTH + 3) return null;
  const minor = text.charCodeAt(7);
  if ((minor !== 0x30 && minor !== 0x31) || text.charCodeAt(8) !== 0x20) return null;
  let status = 0;
  for (let index = VERSION_LENGTH; index < VERSION_LENGTH + 3; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return null;
    status = status * 10 + digit;
  }
  if (status < 100) return null;
  const reason = text.slice(VERSION_LENGTH + 3, end);
  return reason === '' || (reason.startsWith(' ') && isLineText(reason)) ? status : null;
}

function isPersistent(connection: string, isHttp11: boolean): boolean {
  const lower = connection.toLowerCase();
  if (lower === 'keep-alive') return true;
  if (lower === 'close') return false;
  const options = lower.split(',').map((option) => option.trim());
  return !options.includes('close') && (isHttp11 || options.includes('keep-alive'));
}

function secondsOf(keepAlive: string): number | null {
  const seconds = KEEP_ALIVE_SECONDS.exec(keepAlive)?.[1];
  return seconds === undefined ? null : Number(seconds);
}
