import { createHash } from 'node:crypto';
import type { Mux } from '../../src-shared/mux/mux.ts';
import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import { type Accept, handlerWith } from './mux-pair.ts';

/** A header block: `:status` with the value `A`, which no mux looks at. */
export const HEAD = new Uint8Array([1, 1, 65]);

/** Accepts each stream, takes it, and sends back what it is sent, and a trailer. */
export const echo: Accept = (stream, block) => {
  const waiting: Uint8Array[] = [];
  let isEnding = false;
  let isBlocked = false;
  stream.taken();
  stream.writeHead(block, { isInformational: false, endStream: false });
  const send = (): void => {
    while (!isBlocked) {
      const chunk = waiting.shift();
      if (chunk === undefined) break;
      stream.consumed(chunk.length);
      isBlocked = !stream.give(chunk);
    }
    if (isEnding && waiting.length === 0 && !isBlocked) stream.end(['X-Trailer', 'yes']);
  };
  return handlerWith({
    onData: (chunk) => {
      waiting.push(chunk);
      send();
    },
    onEnd: () => {
      isEnding = true;
      send();
    },
    onWritable: () => {
      isBlocked = false;
      send();
    },
  });
};

/** Takes a stream, answers it, and writes for as long as there is credit. @param onWritten is told of each chunk. */
export function flood(onWritten: (bytes: number) => void): Accept {
  return (stream, block) => {
    const chunk = new Uint8Array(16_384);
    stream.taken();
    stream.writeHead(block, { isInformational: false, endStream: false });
    const send = (): void => {
      do onWritten(chunk.length);
      while (stream.write(chunk));
    };
    setImmediate(send);
    return handlerWith({ onWritable: send });
  };
}

/** What came back on a stream. */
export interface Answer {
  readonly hash: string;
  readonly bytes: number;
  readonly trailers: readonly string[];
}

/** Sends a body through a stream and gathers what comes back. Rejects with the code and message of a RESET. */
export function exchange({ opener }: { readonly opener: Mux }, chunks: readonly Uint8Array[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    const queue = [...chunks];
    let bytes = 0;
    let stream: MuxStream;
    const send = (): void => {
      for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) {
        if (!stream.write(chunk)) return;
      }
      stream.end();
    };
    stream = opener.open(HEAD, false, (made) => {
      stream = made;
      return handlerWith({
        onData: (chunk) => {
          hash.update(chunk);
          bytes += chunk.length;
          made.consumed(chunk.length);
        },
        onWritable: send,
        onEnd: (trailers) => resolve({ hash: hash.digest('hex'), bytes, trailers }),
        onReset: (code, message) => reject(new Error(`${code} ${message}`)),
      });
    });
    send();
  });
}

/** The hash of the chunks one after the other, hex. */
export function sha256(chunks: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
