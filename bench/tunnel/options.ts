import { Command, InvalidArgumentError } from 'commander';
import { PEER_NAMES, type PeerName } from './peer.ts';
import { CONNECTION_COUNTS } from './results.ts';

export const MEASURE_NAMES = ['web-sockets', 'requests', 'latency', 'bulk'] as const;
export type MeasureName = (typeof MEASURE_NAMES)[number];

/** Postern's others are there for comparisons with itself, and nobody would choose `copy`. */
const DEFAULT_PEERS = PEER_NAMES.filter((name) => !name.startsWith('postern-') && name !== 'copy');

export interface TunnelBenchOptions {
  readonly rounds: number;
  /** Of each load. */
  readonly seconds: number;
  readonly peers: readonly PeerName[];
  readonly measures: readonly MeasureName[];
  /** At how many connections at once requests are measured. */
  readonly connections: readonly number[];
  readonly webSockets: number;
  /** How long WebSockets lie idle before they are weighed. */
  readonly restSeconds: number;
  readonly logLevel: string;
  readonly jsonFile: string | null;
  readonly isProfiling: boolean;
}

/** Reads the arguments; `--help` prints and exits, a wrong one exits with its message. */
export function readOptions(argv: readonly string[]): TunnelBenchOptions {
  const command = new Command('npm run bench -- tunnel')
    .description('Postern against nginx, frp and ssh -R on this machine, in interleaved rounds.')
    .option('--rounds <number>', 'rounds; medians are of so many', parseCount, 5)
    .option('--seconds <number>', 'length of each load', parseCount, 2)
    .option('--only <peers>', `some of ${PEER_NAMES.join(',')}`, (text) => pick(text, PEER_NAMES), DEFAULT_PEERS)
    .option('--measures <list>', `some of ${MEASURE_NAMES.join(',')}`, (text) => pick(text, MEASURE_NAMES), [
      ...MEASURE_NAMES,
    ])
    .option(
      '--connections <list>',
      `some of ${CONNECTION_COUNTS.join(',')}`,
      (text) => pick(text, CONNECTION_COUNTS.map(String)).map(Number),
      [...CONNECTION_COUNTS],
    )
    .option('--web-sockets <number>', 'idle WebSockets at once', parseCount, 5000)
    .option('--rest <seconds>', 'how long they lie idle before they are weighed', parseCount, 1)
    .option('--log-level <level>', 'of Postern, which logs a line per request at info', 'info')
    .option('--json <file>', 'write every figure of every round there too')
    .option('--profile', "sample the CPU of Postern's processes and print where it goes; the figures are dearer then")
    .parse(argv);
  const flags = command.opts<{
    rounds: number;
    seconds: number;
    only: readonly PeerName[];
    measures: readonly MeasureName[];
    connections: readonly number[];
    webSockets: number;
    rest: number;
    logLevel: string;
    json?: string;
    profile?: boolean;
  }>();
  return {
    rounds: flags.rounds,
    seconds: flags.seconds,
    peers: flags.only,
    measures: flags.measures,
    connections: flags.connections,
    webSockets: flags.webSockets,
    restSeconds: flags.rest,
    logLevel: flags.logLevel,
    jsonFile: flags.json ?? null,
    isProfiling: flags.profile === true,
  };
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('it is a whole number from 1.');
}

function pick<Name extends string>(text: string, known: readonly Name[]): Name[] {
  const wanted = text.split(',');
  const unknown = wanted.filter((name) => !known.some((each) => each === name));
  if (unknown.length > 0) throw new InvalidArgumentError(`${unknown.join(', ')} is none of ${known.join(', ')}.`);
  return known.filter((name) => wanted.includes(name));
}
