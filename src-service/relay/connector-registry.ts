import type { ConnectorPresence } from './relay-types.ts';
import type { TunnelSession } from './tunnel-session.ts';

/** The tunnels that stand, by connector group, and the choice among them. */
export class ConnectorRegistry {
  readonly #byGroup = new Map<string, TunnelSession[]>();
  readonly #byConnector = new Map<string, TunnelSession[]>();

  /**
   * Adds a session; of two for the same connector and tunnel index the higher epoch wins.
   * @returns the older session that has to go, or `'stale'` when the new one is the older.
   */
  add(session: TunnelSession): TunnelSession | 'stale' | null {
    const siblings = this.#byConnector.get(session.connector.connectorId) ?? [];
    const rival = siblings.find((other) => other.hello.tunnelIndex === session.hello.tunnelIndex);
    if (rival !== undefined && rival.hello.epoch >= session.hello.epoch && !rival.mux.isClosed) return 'stale';
    if (rival !== undefined) this.remove(rival);
    insert(this.#byConnector, session.connector.connectorId, session);
    insert(this.#byGroup, session.connectorGroupId, session);
    return rival ?? null;
  }

  /** @returns whether the session was there. */
  remove(session: TunnelSession): boolean {
    drop(this.#byGroup, session.connectorGroupId, session);
    return drop(this.#byConnector, session.connector.connectorId, session);
  }

  /** Puts a connector's tunnels into another group; running requests go on. */
  move(connectorId: string, connectorGroupId: string): void {
    for (const session of this.#byConnector.get(connectorId) ?? []) {
      drop(this.#byGroup, session.connectorGroupId, session);
      session.connectorGroupId = connectorGroupId;
      insert(this.#byGroup, connectorGroupId, session);
    }
  }

  /** The usable tunnel of the group with the fewest requests under way, without those already tried. */
  pick(connectorGroupId: string, tried: readonly TunnelSession[]): TunnelSession | null {
    let best: TunnelSession | null = null;
    for (const session of this.#byGroup.get(connectorGroupId) ?? []) {
      if (!session.isUsable || tried.includes(session)) continue;
      if (best === null || session.mux.openStreams < best.mux.openStreams) best = session;
    }
    return best;
  }

  ofConnector(connectorId: string): readonly TunnelSession[] {
    return this.#byConnector.get(connectorId) ?? [];
  }

  ofGroup(connectorGroupId: string): readonly TunnelSession[] {
    return this.#byGroup.get(connectorGroupId) ?? [];
  }

  all(): TunnelSession[] {
    return [...this.#byConnector.values()].flat();
  }

  /** What is known of a connector now; `tunnels` is 0 when the given session was its last. */
  presenceOf(session: TunnelSession): ConnectorPresence {
    const sessions = this.ofConnector(session.connector.connectorId);
    const roundTrips = sessions.map((each) => each.mux.measuredRoundTripMs).filter((each) => each !== null);
    return {
      connectorId: session.connector.connectorId,
      connectorGroupId: session.connectorGroupId,
      tunnels: sessions.length,
      openStreams: sessions.reduce((sum, each) => sum + each.mux.openStreams, 0),
      remoteAddress: session.remoteAddress,
      connectorVersion: session.hello.connectorVersion,
      machineName: session.hello.machineName,
      roundTripMs: median(roundTrips),
      configurationVersion: session.acceptedConfigurationVersion,
      configurationProblem: session.configurationProblem,
    };
  }

  presences(): ConnectorPresence[] {
    return [...this.#byConnector.values()].flatMap(([first]) => (first === undefined ? [] : [this.presenceOf(first)]));
  }
}

function insert(map: Map<string, TunnelSession[]>, key: string, session: TunnelSession): void {
  const sessions = map.get(key);
  if (sessions === undefined) map.set(key, [session]);
  else sessions.push(session);
}

function drop(map: Map<string, TunnelSession[]>, key: string, session: TunnelSession): boolean {
  const sessions = map.get(key);
  const index = sessions?.indexOf(session) ?? -1;
  if (sessions === undefined || index === -1) return false;
  sessions.splice(index, 1);
  if (sessions.length === 0) map.delete(key);
  return true;
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
