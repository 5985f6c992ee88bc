import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';
import WebSocket from 'ws';
import { originChunk } from '../helpers/start-origin.ts';
import type { Outcome } from './tally.ts';
import { loopbackLookup } from '../helpers/this-machine.ts';

const MIB = 1_048_576;
const DOWNLOAD_BYTES = 8 * MIB;
const CANCELLED_BYTES = 100 * MIB;
const SLOW_BYTES = 4 * MIB;
const SLOW_PAUSE_MS = 20;
/** Four minutes and a half of one answer. */
const LONG_BYTES = 2048 * MIB;
const LONG_BYTES_PER_SECOND = 8_000_000;
const SSE_HOLD_MS = 1000;
const WEB_SOCKET_MESSAGES = 50;
const WITHIN_MS = 20_000;
const ORIGIN_CHUNK_BYTES = 65_536;
const EXPECTED_HASHES = new Map<number, string>();

/** One action of a user, over and over. `users` of them at once. */
export interface SoakLoad {
  readonly kind: string;
  readonly users: number;
  /** @param signal that the run is over: what takes minutes ends with it */
  run(signal: AbortSignal): Promise<Outcome>;
}

export interface SoakTarget {
  /** The external URL, with a slash at the end. */
  readonly url: string;
  readonly agent: Dispatcher;
}

/** All kinds of load on one application, which is the origin of test/helpers. */
export function makeLoads({ url, agent }: SoakTarget): readonly SoakLoad[] {
  // Takes seconds, in which nothing is to wait.
  expectedHash(LONG_BYTES);
  const ask = async (path: string, options: NonNullable<Parameters<typeof request>[1]> = {}) =>
    request(url + path, { dispatcher: agent, signal: AbortSignal.timeout(WITHIN_MS), ...options });

  const get = async (): Promise<Outcome> => {
    const { statusCode, body } = await ask('bytes/1024');
    // Nothing of an answer has come yet: a lost connector is no excuse, another tunnel takes the request.
    if (statusCode !== 200) return wrong(`status ${statusCode}`, await body.text());
    const bytes = await orCut(body.arrayBuffer());
    return bytes === null ? 'cut' : compare(bytes.byteLength, 1024, 'length');
  };

  const download = (bytes: number, pauseMs: number) => async (): Promise<Outcome> => {
    const { statusCode, body } = await ask(`bytes/${bytes}`, { signal: null });
    if (statusCode !== 200) return wrong(`status ${statusCode}`, await body.text());
    const hash = createHash('sha256');
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        hash.update(chunk);
        if (pauseMs > 0) await delay(pauseMs);
      }
    } catch {
      return 'cut';
    }
    return compare(hash.digest('hex'), expectedHash(bytes), 'hash');
  };

  const longDownload = async (signal: AbortSignal): Promise<Outcome> => {
    const answer = await ask(`bytes/${LONG_BYTES}`, { signal }).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (answer === null) return 'cut';
    const { statusCode, body } = answer;
    if (statusCode !== 200) return wrong(`status ${statusCode}`, await body.text());
    const startedMs = performance.now();
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        hash.update(chunk);
        bytes += chunk.length;
        await delay(Math.max(0, (bytes / LONG_BYTES_PER_SECOND) * 1000 - (performance.now() - startedMs)));
      }
    } catch {
      return 'cut';
    }
    return compare(hash.digest('hex'), expectedHash(LONG_BYTES), 'hash');
  };

  const upload = async (): Promise<Outcome> => {
    const content = randomBytes(Math.ceil(Math.random() * 4 * MIB));
    const { statusCode, body } = await ask('hash', { method: 'PUT', body: content });
    const text = await body.text();
    // A request with a body that a backend has seen is not sent twice: that is as it has to be.
    if (statusCode === 502) return 'cut';
    if (statusCode !== 200) return wrong(`status ${statusCode}`, text);
    const { sha256 } = JSON.parse(text) as { sha256: string };
    return compare(sha256, createHash('sha256').update(content).digest('hex'), 'hash');
  };

  const events = async (): Promise<Outcome> => {
    const abort = new AbortController();
    const { statusCode, body } = await ask('sse', { signal: abort.signal });
    if (statusCode !== 200) return wrong(`status ${statusCode}`, await body.text());
    const first = await orCut(firstEventOf(body));
    await delay(SSE_HOLD_MS);
    body.on('error', () => undefined);
    abort.abort();
    return first === null ? 'cut' : compare(first, 'data: 0\n\n', 'event');
  };

  const cancel = async (): Promise<Outcome> => {
    const { statusCode, body } = await ask(`bytes/${CANCELLED_BYTES}`);
    if (statusCode !== 200) return wrong(`status ${statusCode}`, await body.text());
    await orCut(once(body, 'data'));
    body.on('error', () => undefined);
    body.destroy();
    return 'done';
  };

  const webSocket = async (): Promise<Outcome> => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}ws`, { lookup: loopbackLookup });
    const ended = once(socket, 'close');
    socket.on('error', () => undefined);
    try {
      if ((await Promise.race([once(socket, 'open'), ended])).length > 0) return 'cut';
      for (let index = 0; index < WEB_SOCKET_MESSAGES; index += 1) {
        const sent = randomBytes(1 + Math.floor(Math.random() * 20_000));
        const answer = Promise.race([once(socket, 'message'), ended]);
        socket.send(sent);
        const [echoed] = (await answer) as [Buffer | number];
        if (typeof echoed === 'number') return 'cut';
        if (!sent.equals(echoed)) return { wrong: 'another message came back' };
      }
      return 'done';
    } catch {
      return 'cut';
    } finally {
      socket.terminate();
    }
  };

  return [
    { kind: 'get', users: 8, run: get },
    { kind: 'download', users: 1, run: download(DOWNLOAD_BYTES, 0) },
    { kind: 'slow reader', users: 4, run: download(SLOW_BYTES, SLOW_PAUSE_MS) },
    { kind: 'long download', users: 1, run: longDownload },
    { kind: 'upload', users: 1, run: upload },
    { kind: 'events', users: 4, run: events },
    { kind: 'cancel', users: 1, run: cancel },
    { kind: 'web socket', users: 4, run: webSocket },
  ];
}

function compare(found: string | number, expected: string | number, what: string): Outcome {
  return found === expected ? 'done' : { wrong: `${what} ${found}, not ${expected}` };
}

function wrong(what: string, text: string): Outcome {
  const code = /[A-Z]+_[A-Z_]+/.exec(text)?.[0];
  return { wrong: code === undefined ? what : `${what} ${code}` };
}

/** Null when the answer was cut. */
async function orCut<Value>(promise: Promise<Value>): Promise<Value | null> {
  try {
    return await promise;
  } catch {
    return null;
  }
}

/** The hash of what the origin's `/bytes/N` sends. */
function expectedHash(bytes: number): string {
  const known = EXPECTED_HASHES.get(bytes);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  const chunk = originChunk(ORIGIN_CHUNK_BYTES);
  for (let left = bytes; left > 0; left -= chunk.length) hash.update(chunk.subarray(0, Math.min(left, chunk.length)));
  const digest = hash.digest('hex');
  EXPECTED_HASHES.set(bytes, digest);
  return digest;
}

/** The first event of a stream, in however many pieces it comes. */
function firstEventOf(body: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    body.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n\n');
      if (end !== -1) resolve(text.slice(0, end + 2));
    });
    body.on('error', reject);
    body.on('close', () => reject(new Error('The stream ended before its first event.')));
  });
}
