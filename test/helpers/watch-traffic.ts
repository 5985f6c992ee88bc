import { rememberSecret } from './test-log.ts';

/** One server-sent event, its data parsed. */
export interface SeenEvent {
  readonly id: string | null;
  readonly type: string;
  // What the tests expect of the data is said there.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any;
}

/** Somebody who watches the live traffic. */
export interface TrafficReader {
  /** Every event so far, and the comments as events of type `comment`. */
  readonly seen: readonly SeenEvent[];
  /** The id of the last event. */
  readonly lastId: string;
  /** Resolves with the first event, from the first one on, that fits. @throws where the stream ended without it */
  until(fits: (event: SeenEvent) => boolean): Promise<SeenEvent>;
  /** Resolves when the service ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Opens the stream and waits for its `begin`. @throws the status and body where it is refused */
export async function watchTraffic(
  apiBaseUrl: string,
  token: string,
  query = '',
  headers: Record<string, string> = {},
): Promise<TrafficReader> {
  rememberSecret('access token', token);
  const aborter = new AbortController();
  const response = await fetch(`${apiBaseUrl}/postern/traffic/stream?${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: aborter.signal,
  });
  if (response.status !== 200 || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
  const seen: SeenEvent[] = [];
  const waiting = new Set<() => void>();
  let isOver = false;
  const tell = (): void => {
    for (const wake of waiting) wake();
  };
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let unread = '';
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (unread + text).split('\n\n');
      unread = blocks.pop() ?? '';
      seen.push(...blocks.map(parseEvent));
      tell();
    }
  };
  const ended = read(response.body)
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
      tell();
    });
  const reader: TrafficReader = {
    seen,
    get lastId() {
      return seen.findLast(({ id }) => id !== null)?.id ?? '';
    },
    until: async (fits) => {
      for (;;) {
        const found = seen.find(fits);
        if (found !== undefined) return found;
        if (isOver) throw new Error(`The stream ended: ${JSON.stringify(seen)}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
    },
    ended,
    close: () => aborter.abort(),
  };
  await reader.until(({ type }) => type === 'begin');
  return reader;
}

function parseEvent(block: string): SeenEvent {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
    }),
  );
  const data = fields.get('data');
  return {
    id: fields.get('id') ?? null,
    type: fields.get('event') ?? 'comment',
    data: data === undefined ? null : JSON.parse(data),
  };
}
