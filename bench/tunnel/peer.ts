/** Where the load goes: a port of this machine, and the headers that the way asks for. */
export interface Target {
  readonly port: number;
  /** `Host` and whatever else; sent as they are. */
  readonly headers: Readonly<Record<string, string>>;
  /** The authority of its certificate, where it speaks TLS. */
  readonly caFile?: string;
}

/** A running way to the origin. */
export interface RunningPeer {
  readonly target: Target;
  /** The processes that forward, both ends; what they start counts as well. Empty for the origin itself. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
  /** Has both ends collect their garbage, where they can be asked. @returns what their heaps keep, with buffers, KiB */
  readonly collect?: () => Promise<number>;
}

/** One of the compared: a way to the origin, started anew for each round. */
export interface Peer {
  readonly name: PeerName;
  start(): Promise<RunningPeer>;
}

export const PEER_NAMES = [
  'direct',
  'nginx',
  'frp',
  'frp-ws',
  'ssh',
  'copy',
  'postern',
  'postern-undici',
  'postern-node',
  'postern-tls',
] as const;
export type PeerName = (typeof PEER_NAMES)[number];

/** A place there, at this machine's address, which the certificates of trials hold for as well. */
export function urlOf({ port, caFile }: Target, path: string): string {
  return `${caFile === undefined ? 'http' : 'https'}://127.0.0.1:${port}${path}`;
}
