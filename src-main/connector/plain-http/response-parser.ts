import { readFieldLines } from './message-fields.ts';
import { type ParsedHead, parseResponseHead } from './response-framing.ts';

/** What a parser tells. */
export interface ResponseListener {
  /** A head; below 200 it is informational, and another follows. */
  onHead(head: ParsedHead): void;
  /** Some of the body: a view of what was pushed, or all of it. */
  onBody(chunk: Buffer): void;
  onEnd(trailers: string[]): void;
}

/** What the parser does not read. */
class UnreadableResponse extends Error {
  override readonly name = 'HTTPParserError';
  readonly code: 'HPE_INVALID_HEAD' | 'HPE_INVALID_BODY' | 'HPE_HEADER_OVERFLOW';

  constructor(code: UnreadableResponse['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Whether an error says that a response is none that is read here; another client may read it. */
export function isUnusual(error: unknown): boolean {
  return error instanceof UnreadableResponse && error.code === 'HPE_INVALID_HEAD';
}

const IDLE = 0;
const HEAD = 1;
const FIXED = 2;
const UNTIL_END = 3;
const CHUNK_SIZE = 4;
const CHUNK_EXTENSION = 5;
const CHUNK_SIZE_LF = 6;
const CHUNK_DATA = 7;
const CHUNK_CR = 8;
const CHUNK_LF = 9;
const TRAILERS = 10;
const CHUNK_BLANKS = 11;

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const HEAD_END = '\r\n\r\n';
const BARE_HEAD_END = '\n\n';
const HEAD_BEGINNING = 'HTTP/1.';
/** In the second octet or later: the first is the last of what was looked at before. */
const BARE_LF = /[^\r]\n/;
const LINE_END = Buffer.from('\r\n');
const NO_TRAILERS: string[] = [];
const MAX_SIZE_DIGITS = 12;
const MAX_EXTENSION_BYTES = 1024;
const FIRST_GATHERED_BYTES = 2048;

/**
 * Reads the responses of one connection, one after the other, however their octets are cut. Stricter than others: line ends
 * are CR LF, no two lengths are given, the only coding is chunked. What it reads is read alike by all.
 *
 * Old servers, and programs behind them, end every line in LF alone, which a recipient may read (RFC 9112 section 2.2). Such a head
 * is read where no CR is in it and its body is not chunked, and is the last of its connection.
 */
export class ResponseParser {
  readonly #listener: ResponseListener;
  readonly #maxHeadBytes: number;
  #state = IDLE;
  #isAnswerToHead = false;
  /** Octets of the body or the chunk that are still to come. */
  #left = 0;
  #sizeDigits = 0;
  #extensionBytes = 0;
  /** The beginning of a head or of trailers whose end has not come. */
  #gathered: Buffer | null = null;
  #gatheredBytes = 0;
  /** Whether the lines of the head end in LF alone; null before the first has come. */
  #isBare: boolean | null = null;

  constructor(maxHeadBytes: number, listener: ResponseListener) {
    this.#maxHeadBytes = maxHeadBytes;
    this.#listener = listener;
  }

  /** A request was written: its response may come. */
  begin(isHead: boolean): void {
    this.#state = HEAD;
    this.#isAnswerToHead = isHead;
  }

  /**
   * Takes the next octets.
   * @returns false where there are more than a response was awaited for: the connection is good for nothing any more
   * @throws UnreadableResponse
   */
  push(chunk: Buffer): boolean {
    let offset = 0;
    while (offset < chunk.length) {
      switch (this.#state) {
        case IDLE:
          return false;
        case HEAD:
        case TRAILERS:
          offset = this.#takeLines(chunk, offset);
          break;
        case FIXED:
        case CHUNK_DATA:
          offset = this.#takeBody(chunk, offset);
          break;
        case UNTIL_END:
          this.#listener.onBody(offset === 0 ? chunk : chunk.subarray(offset));
          return true;
        default:
          this.#takeChunkOctet(chunk[offset] ?? 0);
          offset += 1;
      }
    }
    return true;
  }

  /** The backend has ended its side. @returns whether that was the end of a response. */
  finish(): boolean {
    if (this.#state !== UNTIL_END) return false;
    this.#end(NO_TRAILERS);
    return true;
  }

  #takeBody(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.#left);
    this.#left -= end - start;
    const isFixed = this.#state === FIXED;
    if (this.#left === 0 && !isFixed) this.#state = CHUNK_CR;
    this.#listener.onBody(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
    if (this.#left === 0 && isFixed) this.#end(NO_TRAILERS);
    return end;
  }

  #takeChunkOctet(octet: number): void {
    switch (this.#state) {
      case CHUNK_SIZE: {
        const digit = hexDigit(octet);
        if (digit !== -1) {
          if (this.#sizeDigits === MAX_SIZE_DIGITS) throw invalidChunk();
          this.#sizeDigits += 1;
          this.#left = this.#left * 16 + digit;
        } else if (this.#sizeDigits > 0) this.#takeBehindSize(octet);
        else throw invalidChunk();
        break;
      }
      case CHUNK_BLANKS:
        this.#takeBehindSize(octet);
        break;
      case CHUNK_EXTENSION:
        this.#extensionBytes += 1;
        if (octet === CR) this.#state = CHUNK_SIZE_LF;
        else if ((octet < SPACE && octet !== TAB) || octet === 0x7f || this.#extensionBytes > MAX_EXTENSION_BYTES)
          throw invalidChunk();
        break;
      case CHUNK_SIZE_LF:
        if (octet !== LF) throw invalidChunk();
        if (this.#left > 0) {
          this.#state = CHUNK_DATA;
        } else {
          this.#state = TRAILERS;
          // The line end before the trailers and that behind them make one mark, also where there are none.
          this.#gather(LINE_END, 0);
        }
        break;
      case CHUNK_CR:
        if (octet !== CR) throw invalidChunk();
        this.#state = CHUNK_LF;
        break;
      default:
        if (octet !== LF) throw invalidChunk();
        this.#beginChunk();
    }
  }

  /** Some servers, Apache 1.3 first, fill the place of a short size up with blanks. */
  #takeBehindSize(octet: number): void {
    if (octet === CR) this.#state = CHUNK_SIZE_LF;
    else if (octet === SEMICOLON) this.#state = CHUNK_EXTENSION;
    else if ((octet === SPACE || octet === TAB) && this.#extensionBytes < MAX_EXTENSION_BYTES) {
      this.#state = CHUNK_BLANKS;
      this.#extensionBytes += 1;
    } else throw invalidChunk();
  }

  #beginChunk(): void {
    this.#state = CHUNK_SIZE;
    this.#left = 0;
    this.#sizeDigits = 0;
    this.#extensionBytes = 0;
  }

  /** Takes lines up to an empty one; returns the offset behind what was taken. */
  #takeLines(chunk: Buffer, start: number): number {
    if (this.#state === HEAD && this.#endsInBareLf(chunk, start)) return this.#takeBareHead(chunk, start);
    if (this.#gathered === null) {
      const end = chunk.indexOf(HEAD_END, start, 'latin1');
      if (end === -1) {
        this.#gather(chunk, start);
        if (this.#gatheredBytes > this.#maxHeadBytes) throw overflow();
        return chunk.length;
      }
      if (end - start > this.#maxHeadBytes) throw overflow();
      this.#takeText(chunk.toString('latin1', start, end + 2));
      return end + 4;
    }
    const before = this.#gatheredBytes;
    this.#gather(chunk, start);
    const whole = this.#gathered.subarray(0, this.#gatheredBytes);
    const end = whole.indexOf(HEAD_END, Math.max(0, before - 3), 'latin1');
    if ((end === -1 ? this.#gatheredBytes : end) > this.#maxHeadBytes) throw overflow();
    if (end === -1) return chunk.length;
    this.#gathered = null;
    this.#gatheredBytes = 0;
    this.#takeText(whole.toString('latin1', 0, end + 2));
    return start + end + 4 - before;
  }

  #endsInBareLf(chunk: Buffer, start: number): boolean {
    if (this.#isBare === null) {
      const lineEnd = chunk.indexOf(LF, start);
      if (lineEnd === -1) return false;
      const before = lineEnd > start ? chunk[lineEnd - 1] : this.#gathered?.[this.#gatheredBytes - 1];
      this.#isBare = before !== CR;
    }
    return this.#isBare;
  }

  #takeBareHead(chunk: Buffer, start: number): number {
    const before = this.#gatheredBytes;
    this.#gather(chunk, start);
    const whole = this.#gathered?.subarray(0, this.#gatheredBytes) ?? chunk;
    const end = whole.indexOf(BARE_HEAD_END, Math.max(0, before - 1), 'latin1');
    const length = end === -1 ? whole.length : end;
    if (length > this.#maxHeadBytes) throw overflow();
    if (whole.subarray(before, length).includes(CR)) throw invalidHead();
    if (end === -1) return chunk.length;
    this.#gathered = null;
    this.#gatheredBytes = 0;
    this.#takeHead(whole.toString('latin1', 0, end + 1).replaceAll('\n', '\r\n'), true);
    return start + end + BARE_HEAD_END.length - before;
  }

  #gather(chunk: Buffer, start: number): void {
    const bytes = this.#gatheredBytes + chunk.length - start;
    if (this.#gathered === null || this.#gathered.length < bytes) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_GATHERED_BYTES, bytes * 2));
      this.#gathered?.copy(grown, 0, 0, this.#gatheredBytes);
      this.#gathered = grown;
    }
    chunk.copy(this.#gathered, this.#gatheredBytes, start);
    this.#gatheredBytes = bytes;
    if (this.#state === HEAD) this.#lookEarly(bytes - (chunk.length - start));
  }

  /** What can't become a head is refused before its end has come, which may never be. */
  #lookEarly(from: number): void {
    const text = this.#gathered?.toString('latin1', Math.max(0, from - 1), this.#gatheredBytes) ?? '';
    const isBegun = from >= HEAD_BEGINNING.length;
    const beginning = isBegun
      ? ''
      : (this.#gathered?.toString('latin1', 0, Math.min(HEAD_BEGINNING.length, this.#gatheredBytes)) ?? '');
    if ((!isBegun && !HEAD_BEGINNING.startsWith(beginning)) || (this.#isBare !== true && BARE_LF.test(text)))
      throw invalidHead();
  }

  #takeText(text: string): void {
    if (this.#state === TRAILERS) {
      const trailers = readFieldLines(text, 2);
      if (trailers === null) throw new UnreadableResponse('HPE_INVALID_BODY', 'A trailer is malformed.');
      this.#end(trailers);
    } else this.#takeHead(text, false);
  }

  #takeHead(text: string, isBare: boolean): void {
    this.#isBare = null;
    const head = parseResponseHead(text, this.#isAnswerToHead);
    if (head === null || (isBare && head.framing === 'chunked')) throw invalidHead();
    const { framing } = head;
    if (head.status >= 200) {
      if (framing === 'chunked') this.#beginChunk();
      else if (framing === 'until-end') this.#state = UNTIL_END;
      else {
        this.#state = FIXED;
        this.#left = framing;
      }
    }
    this.#listener.onHead(isBare ? { ...head, keepsAlive: false } : head);
    if (head.status >= 200 && framing === 0) this.#end(NO_TRAILERS);
  }

  #end(trailers: string[]): void {
    this.#state = IDLE;
    this.#listener.onEnd(trailers);
  }
}

function hexDigit(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function invalidHead(): UnreadableResponse {
  return new UnreadableResponse('HPE_INVALID_HEAD', 'The head of the response is malformed.');
}

function invalidChunk(): UnreadableResponse {
  return new UnreadableResponse('HPE_INVALID_BODY', 'A chunk of the body is malformed.');
}

function overflow(): UnreadableResponse {
  return new UnreadableResponse('HPE_HEADER_OVERFLOW', 'The head of the response is longer than is read.');
}
