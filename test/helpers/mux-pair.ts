import { DEFAULT_MUX_LIMITS, type MuxLimits } from '../../src-shared/mux/mux-limits.ts';
import type { FrameTransport } from '../../src-shared/mux/frame-transport.ts';
import { Mux, type MuxOptions } from '../../src-shared/mux/mux.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { makePipe, type PipeEnd, type PipeFaults } from './faulty-pipe.ts';

/** Which end of a tunnel: the service opens streams, the connector accepts them. */
export type Side = MuxOptions['role'];

/** A tunnel's two ends, connected and past their handshake, whatever carries them. */
export interface ConnectedMuxes {
  readonly opener: Mux;
  readonly acceptor: Mux;
  /** What either host was told beside streams: `opener:close TUNNEL_CREDIT`, … */
  readonly events: string[];
}

/** Two ends over an in-memory pipe. */
export interface MuxPair extends ConnectedMuxes {
  readonly openerPipe: PipeEnd;
  readonly acceptorPipe: PipeEnd;
}

/** What a test wants of the accepting end. */
export type Accept = (stream: MuxStream, block: Uint8Array) => StreamHandler;

export interface MuxSettings {
  readonly accept: Accept;
  readonly limits?: Partial<MuxLimits>;
  readonly now?: () => number;
}

/** One end, which writes down what its host is told. */
export function makeMux(role: Side, transport: FrameTransport, settings: MuxSettings, events: string[]): Mux {
  return new Mux({
    role,
    transport,
    limits: { ...DEFAULT_MUX_LIMITS, ...settings.limits },
    host: {
      onOpen: settings.accept,
      onControl: (type) => events.push(`${role}:control ${type}`),
      onClose: (code) => events.push(`${role}:close ${code}`),
      onInternalError: (error) => events.push(`${role}:error ${String(error)}`),
    },
    now: settings.now ?? (() => performance.now()),
    defer: setImmediate,
  });
}

/** Tells each end the other's settings, as CHALLENGE and HELLO do. */
export function introduce(opener: Mux, acceptor: Mux): void {
  opener.begin(acceptor.receiveSettings);
  acceptor.begin(opener.receiveSettings);
}

export function makeMuxPair(
  accept: Accept,
  faults: PipeFaults = {},
  options: Omit<MuxSettings, 'accept'> = {},
): MuxPair {
  const settings = { accept, ...options };
  const pipe = makePipe(faults);
  const events: string[] = [];
  const make = (role: Side, end: PipeEnd): Mux => {
    const mux = makeMux(role, end, settings, events);
    end.onReceive = (octets) => mux.receive(octets);
    end.onDrain = () => mux.onTransportDrain();
    end.onEnd = () => mux.close('TUNNEL_CLOSED', 'The pipe was cut.');
    return mux;
  };
  const opener = make('opener', pipe.opener);
  const acceptor = make('acceptor', pipe.acceptor);
  introduce(opener, acceptor);
  return { opener, acceptor, openerPipe: pipe.opener, acceptorPipe: pipe.acceptor, events };
}

/** A handler that does nothing, with some of its calls replaced. */
export function handlerWith(calls: Partial<StreamHandler>): StreamHandler {
  return {
    onHead: () => undefined,
    onTaken: () => undefined,
    onData: () => undefined,
    onEnd: () => undefined,
    onReset: () => undefined,
    onWritable: () => undefined,
    ...calls,
  };
}

/** Lets what is on its way in a pipe arrive: a few turns of the event loop, each end needing some to answer. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
