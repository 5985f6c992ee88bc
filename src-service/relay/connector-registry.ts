import type { ConfigurationState } from './configuration-sender.ts';
import { type ConnectorHealthInput, HEALTHY, isCoolingDown, stepConnectorHealth } from './connector-health.ts';
import { LiveConnector } from './live-connector.ts';
import { type PickWish, type Picked, pickTunnel } from './pick-tunnel.ts';
import type { ConnectorPresence } from './relay-types.ts';
import type { TunnelSession } from './tunnel-session.ts';

/** A tunnel that was chosen for a request, with its connector. */
export type PickedTunnel = Picked<LiveConnector, TunnelSession>;

/** The connectors whose tunnels stand, by group, and the choice among them. */
export class ConnectorRegistry {
  /** Also those that failed and are gone: their cool-down waits for them. At most as many as are enrolled. */
  readonly #connectors = new Map<string, LiveConnector>();
  readonly #byGroup = new Map<string, LiveConnector[]>();
  readonly #now: () => number;
  #picks = 0;

  /** @param now a monotonic clock, ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Adds a session; of two for the same connector and tunnel index the higher epoch wins. One that drains, or was asked to give
   * way, finishes beside its successor, one for each index.
   * @returns the older session that has to go, or `'stale'` when the new one is the older.
   */
  add(session: TunnelSession): TunnelSession | 'stale' | null {
    const { connectorId, connectorGroupId, isDraining = false } = session.connector;
    let connector = this.#connectors.get(connectorId);
    const others = connector?.tunnels.filter(({ hello }) => hello.tunnelIndex === session.hello.tunnelIndex) ?? [];
    for (const other of others) if (other.makesWayFor(session)) other.drain();
    const rival = others.find(({ isDraining: drains }) => !drains) ?? (others.length > 1 ? others[0] : undefined);
    const isNewer = rival === undefined || rival.isDraining || rival.hello.epoch < session.hello.epoch;
    if (!isNewer && !rival.mux.isClosed) return 'stale';
    if (rival !== undefined) this.remove(rival);
    connector ??= new LiveConnector(connectorId, connectorGroupId);
    this.#connectors.set(connectorId, connector);
    connector.isDraining = isDraining;
    connector.tunnels.push(session);
    this.#enter(connector, connectorGroupId);
    return rival ?? null;
  }

  /** @returns whether the session was there. */
  remove(session: TunnelSession): boolean {
    const connector = this.#connectors.get(session.connector.connectorId);
    const index = connector?.tunnels.indexOf(session) ?? -1;
    if (connector === undefined || index === -1) return false;
    connector.tunnels.splice(index, 1);
    if (connector.tunnels.length > 0) return true;
    this.#leave(connector);
    if (connector.health.failures === 0) this.#connectors.delete(connector.id);
    return true;
  }

  /** Puts a connector's tunnels into another group; running requests go on. */
  move(connectorId: string, connectorGroupId: string): void {
    const connector = this.#connectors.get(connectorId);
    if (connector !== undefined && connector.tunnels.length > 0) this.#enter(connector, connectorGroupId);
  }

  /** Whether a connector gets no new requests from now on; what runs goes on. */
  setDraining(connectorId: string, isDraining: boolean): void {
    const connector = this.#connectors.get(connectorId);
    if (connector !== undefined) connector.isDraining = isDraining;
  }

  /** The tunnel of the group that a request should take (`pickTunnel`), or null. */
  pick(connectorGroupId: string, wish: PickWish<TunnelSession>): PickedTunnel | null {
    const nowMs = this.#now();
    const picked = this.find(connectorGroupId, wish, nowMs);
    if (picked === null) return null;
    this.#picks += 1;
    picked.connector.pickedAt = this.#picks;
    picked.tunnel.pickedAt = this.#picks;
    picked.connector.requests.count(nowMs);
    return picked;
  }

  /** What `pick` would choose now. */
  find(connectorGroupId: string, wish: PickWish<TunnelSession>, nowMs = this.#now()): PickedTunnel | null {
    return pickTunnel(this.#byGroup.get(connectorGroupId) ?? [], wish, nowMs);
  }

  /** Whether connectors of the group stand, and all of them are to run empty. */
  isDrained(connectorGroupId: string): boolean {
    return this.#byGroup.get(connectorGroupId)?.every(({ isDraining }) => isDraining) ?? false;
  }

  /** Whether a request for the group would find a tunnel. */
  hasUsable(connectorGroupId: string): boolean {
    const connectors = this.#byGroup.get(connectorGroupId) ?? [];
    return connectors.some(({ isDraining, tunnels }) => !isDraining && tunnels.some((each) => each.isUsable));
  }

  /** Notes how a connector did; what it was asked for another's sake is the caller's to tell apart. */
  note(connectorId: string, input: ConnectorHealthInput): void {
    const connector = this.#connectors.get(connectorId);
    if (connector === undefined) return;
    // Nothing to tell of one that is well, which is asked for each answer.
    if (input === 'succeeded' && connector.health === HEALTHY) return;
    connector.health = stepConnectorHealth(connector.health, input, this.#now());
  }

  ofConnector(connectorId: string): readonly TunnelSession[] {
    return this.#connectors.get(connectorId)?.tunnels ?? [];
  }

  ofGroup(connectorGroupId: string): readonly TunnelSession[] {
    return (this.#byGroup.get(connectorGroupId) ?? []).flatMap(({ tunnels }) => tunnels);
  }

  /** The group that a connector serves now. */
  groupOf(connectorId: string): string | undefined {
    return this.#connectors.get(connectorId)?.connectorGroupId;
  }

  all(): TunnelSession[] {
    return [...this.#connectors.values()].flatMap(({ tunnels }) => tunnels);
  }

  /** What is known of a connector now; `tunnels` is 0 when the given session was its last. */
  presenceOf(session: TunnelSession): ConnectorPresence {
    const { connectorId, connectorGroupId } = session.connector;
    const sessions = this.ofConnector(connectorId);
    const configuration = newestOf(sessions.map((each) => each.configuration.state)) ?? session.configuration.state;
    return {
      connectorId,
      connectorGroupId: this.groupOf(connectorId) ?? connectorGroupId,
      tunnels: sessions.length,
      openStreams: sessions.reduce((sum, each) => sum + each.outstanding, 0),
      remoteAddress: session.remoteAddress,
      connectorVersion: session.hello.connectorVersion,
      machineName: session.hello.machineName,
      operatingSystem: session.hello.operatingSystem ?? null,
      roundTripMs: median(sessions.map((each) => each.mux.measuredRoundTripMs)),
      canaryMs: median(sessions.map((each) => each.canaryMs)),
      requestsPerSecond: this.#connectors.get(connectorId)?.requests.perSecond(this.#now()) ?? 0,
      isDraining: this.#connectors.get(connectorId)?.isDraining ?? false,
      isCoolingDown: this.#isCoolingDown(connectorId),
      configurationVersion: configuration.version,
      configurationProblem: configuration.problem,
      rejectedApplications: configuration.rejected,
      rejectedCount: configuration.rejectedCount,
    };
  }

  presences(): ConnectorPresence[] {
    return [...this.#connectors.values()].flatMap(({ tunnels: [first] }) =>
      first === undefined ? [] : [this.presenceOf(first)],
    );
  }

  #isCoolingDown(connectorId: string): boolean {
    const connector = this.#connectors.get(connectorId);
    return connector !== undefined && isCoolingDown(connector.health, this.#now());
  }

  #enter(connector: LiveConnector, connectorGroupId: string): void {
    this.#leave(connector);
    connector.connectorGroupId = connectorGroupId;
    const group = this.#byGroup.get(connectorGroupId);
    if (group === undefined) this.#byGroup.set(connectorGroupId, [connector]);
    else group.push(connector);
  }

  #leave(connector: LiveConnector): void {
    const group = this.#byGroup.get(connector.connectorGroupId);
    const index = group?.indexOf(connector) ?? -1;
    if (group === undefined || index === -1) return;
    group.splice(index, 1);
    if (group.length === 0) this.#byGroup.delete(connector.connectorGroupId);
  }
}

/** All tunnels of a connector tell of the one configuration that it has. */
function newestOf(states: readonly ConfigurationState[]): ConfigurationState | undefined {
  return states.toSorted((a, b) => (b.version ?? -1) - (a.version ?? -1))[0];
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((each) => each !== null).toSorted((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}
