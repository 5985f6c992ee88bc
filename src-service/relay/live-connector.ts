import { createHash } from 'node:crypto';
import { type ConnectorHealth, HEALTHY } from './connector-health.ts';
import type { PickableConnector } from './pick-tunnel.ts';
import { RecentRate } from './recent-rate.ts';
import type { TunnelSession } from './tunnel-session.ts';

/** Octets of a key: as hard to meet by chance as an id. */
const KEY_BYTES = 16;

/** A connector with the tunnels that stand, and how it did lately. */
export class LiveConnector implements PickableConnector<TunnelSession> {
  readonly id: string;
  /**
   * What a user's affinity cookie says instead of the id. No secret: whoever makes one up chooses among the connectors
   * that any request of theirs may reach.
   */
  readonly affinityKey: string;
  readonly tunnels: TunnelSession[] = [];
  connectorGroupId: string;
  health: ConnectorHealth = HEALTHY;
  isDraining = false;
  /** Requests that it was handed. */
  readonly requests = new RecentRate();
  pickedAt = 0;

  constructor(id: string, connectorGroupId: string) {
    this.id = id;
    this.connectorGroupId = connectorGroupId;
    const digest = createHash('sha256').update(`postern-affinity:${id}`).digest();
    this.affinityKey = digest.subarray(0, KEY_BYTES).toString('base64url');
  }
}
