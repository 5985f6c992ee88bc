/** Where the load goes: a port of this machine, and the headers that the way asks for. */
export interface Target {
  readonly port: number;
  /** `Host` and whatever else; sent as they are. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A running way to the origin. */
export interface RunningPeer {
  readonly target: Target;
  /** The processes that forward, both ends; what they start counts as well. Empty for the origin itself. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
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
  'postern',
  'postern-undici',
  'postern-node',
] as const;
export type PeerName = (typeof PEER_NAMES)[number];
