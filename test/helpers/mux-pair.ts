import { DEFAULT_MUX_LIMITS, type MuxLimits } from '../../src-shared/mux/mux-limits.ts';
import { Mux, type MuxHost } from '../../src-shared/mux/mux.ts';
import type { MuxStream, StreamHandler } from '../../src-shared/mux/mux-stream.ts';
import { makePipe, type PipeEnd, type PipeFaults } from './faulty-pipe.ts';

/** A tunnel's two ends, connected and past their handshake. */
export interface MuxPair {
  readonly opener: Mux;
  readonly acceptor: Mux;
  readonly openerPipe: PipeEnd;
  readonly acceptorPipe: PipeEnd;
  /** What either host was told beside streams: `opener:close TUNNEL_CREDIT`, … */
  readonly events: string[];
}

/** What a test wants of the accepting end. */
export type Accept = (stream: MuxStream, block: Uint8Array) => StreamHandler;

export function makeMuxPair(accept: Accept, faults: PipeFaults = {}, limits: Partial<MuxLimits> = {}): MuxPair {
  const pipe = makePipe(faults);
  const events: string[] = [];
  const host = (side: string): MuxHost => ({
    onOpen: accept,
    onControl: (type) => events.push(`${side}:control ${type}`),
    onClose: (code) => events.push(`${side}:close ${code}`),
    onInternalError: (error) => events.push(`${side}:error ${String(error)}`),
  });
  const make = (role: 'opener' | 'acceptor', end: PipeEnd): Mux => {
    const mux = new Mux({
      role,
      transport: end,
      limits: { ...DEFAULT_MUX_LIMITS, ...limits },
      host: host(role),
      now: () => performance.now(),
      defer: setImmediate,
    });
    end.onReceive = (octets) => mux.receive(octets);
    end.onDrain = () => mux.onTransportDrain();
    return mux;
  };
  const opener = make('opener', pipe.opener);
  const acceptor = make('acceptor', pipe.acceptor);
  opener.begin(acceptor.receiveSettings);
  acceptor.begin(opener.receiveSettings);
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
