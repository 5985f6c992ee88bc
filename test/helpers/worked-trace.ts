import type { FrameTransport } from '../../src-shared/mux/frame-transport.ts';
import type { Mux } from '../../src-shared/mux/mux.ts';
import type { MuxStream } from '../../src-shared/mux/mux-stream.ts';
import { ERRORS } from '../../src-shared/errors/registry.ts';
import { FRAME_HEADER_BYTES, FRAME_TYPES } from '../../src-shared/wire/frame.ts';
import { FrameDecoder } from '../../src-shared/wire/frame-decoder.ts';
import { encodeRequestHead, encodeResponseHead } from '../../src-shared/wire/head.ts';
import { makeFrame } from './make-frame.ts';
import { handlerWith, makeMux, settle, type Side } from './mux-pair.ts';

/** One frame of a session. */
export interface TraceFrame {
  readonly from: Side;
  readonly octets: Uint8Array;
}

const PAYLOAD_BYTES_A_LINE = 48;
const NAME_OF_TYPE = new Map<number, string>(Object.entries(FRAME_TYPES).map(([name, type]) => [type, name]));
const SETTINGS_OF_NOBODY = { streamWindowBytes: 262_144, tunnelWindowBytes: 4_194_304 };
const application = {
  id: 'a1',
  displayName: 'Notes',
  externalUrl: 'https://notes.example.com/',
  internalUrl: 'http://notes.corp/',
  isTranslateHostHeaderEnabled: true,
  isBackendCertificateValidationEnabled: true,
  applicationServerTimeoutSeconds: 85,
};

/** Runs the small session that docs/tunnel-protocol.md shows, with the code of both ends, and gives its frames in order. */
export async function recordWorkedSession(): Promise<readonly TraceFrame[]> {
  const frames: TraceFrame[] = [];
  const ends: { opener: Mux; acceptor: Mux } = {} as { opener: Mux; acceptor: Mux };
  /** Hands octets over at once, so that the order of frames is that of cause and effect. */
  const transportOf = (from: Side): FrameTransport => {
    const decoder = new FrameDecoder((type, flags, streamId, payload) =>
      frames.push({ from, octets: makeFrame(type, streamId, payload, { flags }) }),
    );
    return {
      headroomBytes: 0,
      bufferedBytes: 0,
      send: (parts) => {
        for (const part of parts) {
          decoder.push(part);
          (from === 'opener' ? ends.acceptor : ends.opener).receive(part.slice());
        }
      },
      close: () => undefined,
    };
  };
  const served: MuxStream[] = [];
  const accept = (stream: MuxStream) => {
    served.push(stream);
    return handlerWith({});
  };
  ends.opener = makeMux('opener', transportOf('opener'), { accept }, []);
  ends.acceptor = makeMux('acceptor', transportOf('acceptor'), { accept }, []);
  const { opener, acceptor } = ends;
  const say = async (from: Mux, type: number, message: object): Promise<void> => {
    from.sendControl(type, message);
    await settle(3);
  };

  const nonce = 'bm9uY2Utbm9uY2Utbm9uY2Utbm9uY2Utbm9uY2Utbm8';
  const challenge = { audience: 'https://postern.example', nonce, features: [], settings: opener.receiveSettings };
  await say(opener, FRAME_TYPES.CHALLENGE, challenge);
  acceptor.begin(opener.receiveSettings);
  await say(acceptor, FRAME_TYPES.HELLO, {
    proof: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
    features: [],
    settings: acceptor.receiveSettings,
    connectorVersion: '1.0.0',
    machineName: 'srv1',
    tunnelIndex: 0,
    epoch: 7,
  });
  opener.begin(acceptor.receiveSettings);
  await say(opener, FRAME_TYPES.WELCOME, {
    sessionId: 's1',
    serviceVersion: '1.0.0',
    pingIntervalMs: 10_000,
    deadAfterMs: 15_000,
  });
  await say(opener, FRAME_TYPES.CONFIG, {
    version: 1,
    connectorName: 'srv1',
    connectorGroupName: 'Default',
    applications: [application],
  });
  await say(acceptor, FRAME_TYPES.CONFIG_ACK, { version: 1, isAccepted: true });

  const head = {
    method: 'POST',
    target: '/notes?x=1',
    scheme: 'https',
    authority: 'notes.example.com',
    applicationId: 'a1',
    activityId: '4f1c',
    remoteAddress: '203.0.113.7',
    userId: 'u1',
    userName: 'Zoë',
    isUpgrade: false,
    headers: ['content-type', 'text/plain', 'Trailer', 'X-Sum'],
  } as const;
  const post = opener.open(encodeRequestHead(head), false, () => handlerWith({}));
  post.write(new TextEncoder().encode('hello'));
  post.end(['X-Sum', '5']);
  await settle(3);
  const [first] = served;
  first?.taken();
  const response = { status: 201, headers: ['Content-Type', 'text/plain', 'Location', '/notes/9'] };
  first?.writeHead(encodeResponseHead(response), { isInformational: false, endStream: false });
  first?.write(new TextEncoder().encode('done\n'));
  first?.end(['X-Sum', '5']);
  await settle(3);

  opener.ping();
  await settle(3);

  const get = { ...head, method: 'GET', userId: null, userName: null, connectionId: 'c1', headers: [] } as const;
  opener.open(encodeRequestHead(get), true, () => handlerWith({}));
  await settle(3);
  served[1]?.reset('BACKEND_REFUSED', 'connect ECONNREFUSED');
  await settle(3);
  await say(opener, FRAME_TYPES.RELEASE, { connection: 'c1' });
  await say(opener, FRAME_TYPES.GOAWAY, { code: ERRORS.TUNNEL_DRAINING.wire, message: ERRORS.TUNNEL_DRAINING.summary });
  return frames;
}

/** The frames as the document shows them: who sends what, the header's fields, and the payload. */
export function printTrace(frames: readonly TraceFrame[]): string {
  return frames
    .map(({ from, octets }) => {
      const arrow = from === 'opener' ? 'service → connector' : 'connector → service';
      const hex = Buffer.from(octets).toString('hex');
      const fields = [0, 2, 4, 12, 20].map((start, index, starts) => hex.slice(start, starts[index + 1] ?? start));
      const lines = [`${arrow}  ${NAME_OF_TYPE.get(octets[0] ?? 0)}`, `  ${fields.join(' ').trim()}`];
      const payload = hex.slice(2 * FRAME_HEADER_BYTES);
      for (let at = 0; at < payload.length; at += 2 * PAYLOAD_BYTES_A_LINE)
        lines.push(`  ${payload.slice(at, at + 2 * PAYLOAD_BYTES_A_LINE)}`);
      return lines.join('\n');
    })
    .join('\n');
}

/** Reads what `printTrace` wrote. */
export function parseTrace(text: string): readonly TraceFrame[] {
  return text
    .trim()
    .split(/^(?=\S)/m)
    .map((block) => {
      const [title = '', ...lines] = block.split('\n');
      return {
        from: title.startsWith('service') ? 'opener' : 'acceptor',
        octets: new Uint8Array(Buffer.from(lines.join('').replaceAll(' ', ''), 'hex')),
      };
    });
}

/** Hands the frames of one side to a fresh mux of the other; the events that its host heard. */
export function replay(
  frames: readonly TraceFrame[],
  from: Side,
): { readonly events: string[]; readonly opened: number } {
  const events: string[] = [];
  let opened = 0;
  const accept = () => {
    opened += 1;
    return handlerWith({});
  };
  const transport: FrameTransport = {
    headroomBytes: 0,
    bufferedBytes: 0,
    send: () => undefined,
    close: () => undefined,
  };
  const mux = makeMux(from === 'opener' ? 'acceptor' : 'opener', transport, { accept }, events);
  mux.begin(SETTINGS_OF_NOBODY);
  if (from === 'acceptor') {
    for (const endStream of [false, true]) mux.open(new Uint8Array(), endStream, () => handlerWith({}));
  }
  for (const frame of frames.filter((each) => each.from === from)) mux.receive(frame.octets);
  return { events, opened };
}
