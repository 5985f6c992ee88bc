import { once } from 'node:events';
import {
  type CallOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
  type StatusObject,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../helpers/relay-harness.ts';
import { type GrpcServer, startGrpcServer, WORDS, WordsClient } from '../helpers/start-grpc-server.ts';
import { type Http2World, startHttp2World } from '../helpers/start-http2-world.ts';

let world: Http2World;
let server: GrpcServer;
let client: Client;

beforeAll(async () => {
  world = await startHttp2World();
  server = await startGrpcServer();
  const url = new URL(await world.publish('words', server.url, { backendHttpVersion: 'http2' }));
  client = new WordsClient(`127.0.0.1:${url.port}`, credentials.createSsl(Buffer.from(world.ca)), {
    'grpc.ssl_target_name_override': url.hostname,
    'grpc.default_authority': url.host,
    'grpc.max_receive_message_length': -1,
  });
});

afterAll(async () => {
  client.close();
  await world.close();
  await server.close();
});

interface UnaryAnswer {
  readonly message: Buffer | null;
  readonly error: ServiceError | null;
  readonly status: StatusObject;
}

function unary(
  name: 'upper' | 'fail' | 'never',
  message: Buffer,
  options: CallOptions & { metadata?: Metadata; onCall?: (cancel: () => void) => void } = {},
): Promise<UnaryAnswer> {
  const { path, requestSerialize, responseDeserialize } = WORDS[name];
  return new Promise((resolve) => {
    let answer: Pick<UnaryAnswer, 'message' | 'error'> | null = null;
    let ended: StatusObject | null = null;
    const settle = (): void => {
      if (answer !== null && ended !== null) resolve({ ...answer, status: ended });
    };
    const call = client.makeUnaryRequest(
      path,
      requestSerialize as (value: Buffer) => Buffer,
      responseDeserialize as (value: Buffer) => Buffer,
      message,
      options.metadata ?? new Metadata(),
      options,
      (error, response) => {
        answer = { error, message: response ?? null };
        settle();
      },
    );
    call.on('status', (state: StatusObject) => {
      ended = state;
      settle();
    });
    options.onCall?.(() => call.cancel());
  });
}

function open(name: 'count' | 'join' | 'chat', ...parameters: unknown[]): unknown {
  // The generic client carries its methods by the names of the definition.
  const methods = client as unknown as Record<string, (...values: unknown[]) => unknown>;
  return methods[name]?.(...parameters);
}

test('B54 gRPC unary: message, status and trailing metadata', async () => {
  const answer = await unary('upper', Buffer.from('hello'));
  expect(answer.message?.toString()).toBe('HELLO');
  expect(answer.status.code).toBe(status.OK);
  expect(answer.status.metadata.get('x-length')).toEqual(['5']);
  expect(answer.status.metadata.get('x-bytes-bin')).toEqual([Buffer.from([0, 255])]);
});

test('B54 gRPC error status with details and trailers, which is a head alone', async () => {
  const metadata = new Metadata();
  metadata.set('x-ask', 'because');
  const { error } = await unary('fail', Buffer.from('x'), { metadata });
  expect(error).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'nö: 100 %' });
  expect(error?.metadata.get('x-why')).toEqual(['because']);
});

test('B54 gRPC server streaming', async () => {
  const call = open('count', Buffer.from('2000')) as ClientReadableStream<Buffer>;
  const numbers: number[] = [];
  for await (const word of call as AsyncIterable<Buffer>) numbers.push(Number(word.toString()));
  expect(numbers).toEqual(Array.from({ length: 2000 }, (_, index) => index));
});

test('B51 B54 gRPC client streaming of large messages', async () => {
  const part = Buffer.alloc(300_000, 'x');
  const joined = new Promise<Buffer>((resolve, reject) => {
    const call = open('join', (error: ServiceError | null, answer: Buffer) =>
      error === null ? resolve(answer) : reject(error),
    ) as ClientWritableStream<Buffer>;
    for (let index = 0; index < 20; index++) call.write(part);
    call.end();
  });
  expect(await joined).toHaveLength(20 * part.length);
});

test('B51 B54 gRPC in both directions at once', async () => {
  const call = open('chat') as ClientDuplexStream<Buffer, Buffer>;
  for (const word of ['one', 'two', 'three']) {
    call.write(Buffer.from(word));
    const [answer] = (await once(call, 'data')) as [Buffer];
    expect(answer.toString()).toBe(`you said ${word}`);
  }
  const ended = once(call, 'status') as Promise<[StatusObject]>;
  call.end();
  expect((await ended)[0].code).toBe(status.OK);
});

test('B54 gRPC cancel reaches the server, and a deadline ends a call in time', async () => {
  const before = server.cancelled.length;
  let cancel = (): void => undefined;
  const cancelled = unary('never', Buffer.from('x'), { onCall: (end) => (cancel = end) });
  // A call behind it on the same connection shows that the first is at the server.
  await unary('upper', Buffer.from('x'));
  cancel();
  expect((await cancelled).error?.code).toBe(status.CANCELLED);
  await until(() => server.cancelled.length > before);
  const late = await unary('never', Buffer.from('x'), { deadline: Date.now() + 200 });
  expect(late.error?.code).toBe(status.DEADLINE_EXCEEDED);
});

test('B54 gRPC cancel of a stream stops its source', async () => {
  const before = server.cancelled.length;
  const call = open('count', Buffer.from('1000000000')) as ClientReadableStream<Buffer>;
  await once(call, 'data');
  call.on('error', () => undefined);
  call.cancel();
  await until(() => server.cancelled.slice(before).includes('count'));
});

test('B54 a hundred gRPC calls at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => unary('upper', Buffer.from(`w${index}`))),
  );
  expect(answers.map(({ message }) => message?.toString())).toEqual(answers.map((_, index) => `W${index}`));
});
