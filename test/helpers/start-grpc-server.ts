import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  makeGenericClientConstructor,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';

const asIs = (value: Buffer): Buffer => value;
const method = (name: string, requestStream: boolean, responseStream: boolean): ServiceDefinition[string] => ({
  path: `/postern.test.Words/${name}`,
  requestStream,
  responseStream,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
});

/** A service whose messages are plain octets. */
export const WORDS = {
  upper: method('Upper', false, false),
  fail: method('Fail', false, false),
  never: method('Never', false, false),
  count: method('Count', false, true),
  join: method('Join', true, false),
  chat: method('Chat', true, true),
} as const satisfies ServiceDefinition;

export const WordsClient = makeGenericClientConstructor(WORDS, 'Words');

export interface GrpcServer {
  /** `http://127.0.0.1:PORT`: cleartext, by prior knowledge. */
  readonly url: string;
  /** Methods of calls that their client cancelled. */
  readonly cancelled: readonly string[];
  close(): Promise<void>;
}

/** Starts a real gRPC server on loopback. */
export async function startGrpcServer(): Promise<GrpcServer> {
  const cancelled: string[] = [];
  const upper: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    const trailers = new Metadata();
    trailers.set('x-length', String(call.request.length));
    trailers.set('x-bytes-bin', Buffer.from([0, 255]));
    callback(null, Buffer.from(call.request.toString().toUpperCase()), trailers);
  };
  const fail: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    const metadata = new Metadata();
    metadata.set('x-why', call.metadata.get('x-ask').join());
    callback({ code: status.FAILED_PRECONDITION, details: 'nö: 100 %', metadata });
  };
  const never: handleUnaryCall<Buffer, Buffer> = (call) => {
    call.on('cancelled', () => cancelled.push('never'));
  };
  const count: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    call.on('cancelled', () => cancelled.push('count'));
    const end = Number(call.request.toString());
    let next = 0;
    const fill = (): void => {
      while (next < end) if (!call.write(Buffer.from(String(next++)))) return void call.once('drain', fill);
      call.end();
    };
    fill();
  };
  const join: handleClientStreamingCall<Buffer, Buffer> = (call, callback) => {
    const words: Buffer[] = [];
    call.on('data', (word: Buffer) => words.push(word));
    call.on('end', () => callback(null, Buffer.concat(words)));
  };
  const chat: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
    call.on('data', (word: Buffer) => call.write(Buffer.from(`you said ${word.toString()}`)));
    call.on('end', () => call.end());
  };
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(WORDS, { upper, fail, never, count, join, chat });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    url: `http://127.0.0.1:${port}`,
    cancelled,
    close: async () => server.forceShutdown(),
  };
}
