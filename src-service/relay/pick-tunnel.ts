import { type ConnectorHealth, isCoolingDown } from './connector-health.ts';

/** Times below this are noise of the network and the process, ms: they weigh alike. @internal */
export const CANARY_FLOOR_MS = 20;

/** How many requests more than its neighbour a tunnel gets that is being written to anyway. @internal */
export const JOIN_EXCESS = 16;

/** A tunnel as the picker sees it. */
export interface PickableTunnel {
  /** Whether new requests may go here. */
  readonly isUsable: boolean;
  /** Requests under way. */
  readonly outstanding: number;
  /** What a canary takes, ms. */
  readonly delayMs: number;
  /** Whether octets leave on it at the end of this tick, and one request more costs no write. */
  readonly isGathering: boolean;
  /** Order in which it was picked last; 0 for never. */
  readonly pickedAt: number;
}

/** A connector as the picker sees it. */
export interface PickableConnector<Tunnel extends PickableTunnel> {
  readonly id: string;
  readonly affinityKey: string;
  readonly tunnels: readonly Tunnel[];
  readonly health: ConnectorHealth;
  /** Whether an administrator lets it run empty: it gets nothing, even where there is nobody else. */
  readonly isDraining: boolean;
  readonly pickedAt: number;
}

/** What a request wants of its tunnel. */
export interface PickWish<Tunnel> {
  /** Where it has been already. */
  readonly triedTunnels: readonly Tunnel[];
  readonly triedConnectorIds: readonly string[];
  /** Whether a connector that was tried is of no use at all, because the trouble lies behind it. */
  readonly onlyOtherConnectors: boolean;
  /** The connector that the user's session sticks to (B68). */
  readonly affinityKey: string | undefined;
}

/** A chosen tunnel with its connector. */
export interface Picked<Connector, Tunnel> {
  readonly connector: Connector;
  readonly tunnel: Tunnel;
}

/** Ranks, the lowest first: another connector is worth more than another tunnel, and both more than one that fails. */
const STICKY = 0;
const OTHER_CONNECTOR = 1;
const OTHER_TUNNEL = 2;
const COOLING_DOWN = 3;

/**
 * Chooses the connector with the least work, which is `(outstanding + 1) × time of a canary`, then its tunnel by the same
 * measure (B68); what comes within a tick keeps to one tunnel (`joinable`). Of equals the one that was picked longest ago. Connectors that cool down come last, the one that is
 * nearest to its end first: somebody is better than nobody.
 */
export function pickTunnel<Tunnel extends PickableTunnel, Connector extends PickableConnector<Tunnel>>(
  connectors: readonly Connector[],
  wish: PickWish<Tunnel>,
  nowMs: number,
): Picked<Connector, Tunnel> | null {
  let best: (Picked<Connector, Tunnel> & { readonly key: readonly number[] }) | null = null;
  for (const connector of connectors) {
    if (connector.isDraining) continue;
    const isTried = wish.triedConnectorIds.includes(connector.id);
    if (isTried && wish.onlyOtherConnectors) continue;
    const tunnel = leastBusy(connector.tunnels, wish.triedTunnels);
    if (tunnel === null) continue;
    // Nothing to weigh it against.
    if (connectors.length === 1) return { connector, tunnel };
    const key = [...rankOf(connector, isTried, wish, nowMs), workOf(connector, tunnel), connector.pickedAt];
    if (best === null || isLess(key, best.key)) best = { connector, tunnel, key };
  }
  return best;
}

function rankOf<Tunnel extends PickableTunnel>(
  connector: PickableConnector<Tunnel>,
  isTried: boolean,
  wish: PickWish<Tunnel>,
  nowMs: number,
): [rank: number, coolUntilMs: number] {
  if (isCoolingDown(connector.health, nowMs)) return [COOLING_DOWN + Number(isTried), connector.health.coolUntilMs];
  if (isTried) return [OTHER_TUNNEL, 0];
  return [connector.affinityKey === wish.affinityKey ? STICKY : OTHER_CONNECTOR, 0];
}

/** All that the connector does, weighed by the way that the request would take. */
function workOf<Tunnel extends PickableTunnel>(connector: PickableConnector<Tunnel>, tunnel: Tunnel): number {
  let outstanding = 0;
  for (const each of connector.tunnels) outstanding += each.outstanding;
  return (outstanding + 1) * Math.max(tunnel.delayMs, CANARY_FLOOR_MS);
}

function leastBusy<Tunnel extends PickableTunnel>(tunnels: readonly Tunnel[], tried: readonly Tunnel[]): Tunnel | null {
  let best: Tunnel | null = null;
  let bestWork = Number.POSITIVE_INFINITY;
  for (const tunnel of tunnels) {
    if (!tunnel.isUsable || tried.includes(tunnel)) continue;
    const work = (tunnel.outstanding + 1) * Math.max(tunnel.delayMs, CANARY_FLOOR_MS);
    if (best !== null && (work > bestWork || (work === bestWork && tunnel.pickedAt >= best.pickedAt))) continue;
    best = tunnel;
    bestWork = work;
  }
  return best === null ? null : joinable(tunnels, tried, best);
}

/**
 * The best one, or one that is being written to in this tick and is hardly busier, nor slower: requests that come together
 * travel together, which saves a write at this end and a read and a write at the other.
 */
function joinable<Tunnel extends PickableTunnel>(
  tunnels: readonly Tunnel[],
  tried: readonly Tunnel[],
  best: Tunnel,
): Tunnel {
  if (best.isGathering) return best;
  for (const tunnel of tunnels) {
    if (!tunnel.isGathering || !tunnel.isUsable || tried.includes(tunnel)) continue;
    const isBusier = tunnel.outstanding > best.outstanding + JOIN_EXCESS;
    if (!isBusier && tunnel.delayMs <= Math.max(best.delayMs, CANARY_FLOOR_MS)) return tunnel;
  }
  return best;
}

function isLess(left: readonly number[], right: readonly number[]): boolean {
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}
