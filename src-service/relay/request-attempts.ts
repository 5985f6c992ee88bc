import type { Hop } from '../../src-shared/errors/failing-hop.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { ConnectionPin } from './connection-pins.ts';
import type { ConnectorRegistry, PickedTunnel } from './connector-registry.ts';
import { RELAY_LIMITS } from './relay-limits.ts';
import type { RelayTally } from './relay-tally.ts';
import type { SessionAffinity } from './relay-types.ts';
import type { TunnelSession } from './tunnel-session.ts';

/** Troubles between a connector and the backend that another connector may not have. Nothing was sent to the backend. */
const PERHAPS_NOT_ELSEWHERE: ReadonlySet<WireErrorCode> = new Set([
  'BACKEND_REFUSED',
  'BACKEND_UNRESOLVED',
  'BACKEND_UNREACHABLE',
  'BACKEND_CONNECT_TIMEOUT',
  'BACKEND_FORBIDDEN',
  'BACKEND_BUSY',
  'APPLICATION_UNKNOWN',
]);
/** Those of them that say nothing against the connector where another one gets through: what an allow-list says is no fault. */
const NO_SUSPICION: ReadonlySet<WireErrorCode> = new Set(['BACKEND_BUSY', 'BACKEND_FORBIDDEN', 'APPLICATION_UNKNOWN']);
/** Answers that are the connector's own fault, whatever the backend is like. */
const CONNECTOR_AT_FAULT: ReadonlySet<WireErrorCode> = new Set([
  'STREAM_REFUSED',
  'STREAM_INTERNAL',
  'APPLICATION_UNKNOWN',
]);
const NOTHING: readonly string[] = [];
const NO_TUNNELS: readonly TunnelSession[] = [];

/** How far a request had come when its stream failed. */
export interface FailedAttempt {
  readonly isTaken: boolean;
  readonly isAnswered: boolean;
  /** Whether it may be sent a second time though the backend may have seen it. */
  readonly isRepeatable: boolean;
}

/**
 * The tunnels that one request is handed to, one after the other, and what each try says about its connector. An ended
 * tunnel says nothing here: whoever ended it tells the registry once, not once for each request.
 */
export class RequestAttempts {
  readonly #registry: ConnectorRegistry;
  readonly #tally: RelayTally;
  readonly #connectorGroupId: string;
  #affinity: SessionAffinity | null;
  readonly #pin: ConnectionPin | null;
  /** Made anew by each try: there is one, as a rule, and an array that grows takes room for many. */
  #triedTunnels: readonly TunnelSession[] = NO_TUNNELS;
  #triedConnectorIds: readonly string[] = NOTHING;
  /** Connectors that could not reach a backend; at fault only if another can. */
  #suspects: readonly string[] = NOTHING;
  #onlyOtherConnectors = false;
  #current: PickedTunnel | null = null;
  #isCounted = false;

  constructor(
    registry: ConnectorRegistry,
    tally: RelayTally,
    forwarded: { readonly connectorGroupId: string; readonly affinity?: SessionAffinity | null },
    pin: ConnectionPin | null = null,
  ) {
    this.#registry = registry;
    this.#tally = tally;
    this.#connectorGroupId = forwarded.connectorGroupId;
    this.#affinity = forwarded.affinity ?? null;
    this.#pin = pin;
  }

  /** The connector that has the request now; empty before the first. */
  get connectorId(): string {
    return this.#current?.connector.id ?? '';
  }

  /** The tunnel for the next try; null when there is none. */
  next(): TunnelSession | null {
    const picked = this.#registry.pick(this.#connectorGroupId, this.#wish());
    if (picked === null) return null;
    this.#tally.picks += 1;
    if (this.#current !== null) this.#tally.retries += 1;
    this.#current = picked;
    this.#pin?.keepTo(picked.connector);
    const isFirst = this.#triedTunnels.length === 0;
    this.#triedTunnels = isFirst ? [picked.tunnel] : [...this.#triedTunnels, picked.tunnel];
    this.#triedConnectorIds = isFirst ? [picked.connector.id] : [...this.#triedConnectorIds, picked.connector.id];
    return picked.tunnel;
  }

  /** Why there is no tunnel for the first try. */
  describeNone(): PosternError {
    const message = 'Every connector of the group of this application that is connected drains, and takes no requests.';
    const isDrained = this.#registry.isDrained(this.#connectorGroupId);
    return new PosternError('EDGE_NO_CONNECTOR', isDrained ? { message } : {});
  }

  /** Takes note of a stream that was reset. @returns whether `next` is worth calling. */
  failed(code: WireErrorCode, attempt: FailedAttempt): boolean {
    const { connectorId } = this;
    if (CONNECTOR_AT_FAULT.has(code)) this.#registry.note(connectorId, 'failed');
    if (attempt.isAnswered || this.#triedTunnels.length >= RELAY_LIMITS.maxAttempts) return false;
    if (code.startsWith('TUNNEL_') || code === 'STREAM_REFUSED' || code === 'STREAM_LIMIT') {
      return !attempt.isTaken || attempt.isRepeatable;
    }
    if (attempt.isTaken || !PERHAPS_NOT_ELSEWHERE.has(code)) return false;
    if (!NO_SUSPICION.has(code)) this.#suspects = [...this.#suspects, connectorId];
    this.#onlyOtherConnectors = true;
    return this.#registry.find(this.#connectorGroupId, this.#wish()) !== null;
  }

  /**
   * Takes note of a final response head.
   * @returns `name, value…` to add to it: the cookie that ties the session to a connector, where it is a new one.
   */
  answered(): readonly string[] {
    if (this.#current === null) return NOTHING;
    const { id, affinityKey } = this.#current.connector;
    this.#registry.note(id, 'succeeded');
    for (const suspect of this.#suspects) this.#registry.note(suspect, 'failed');
    const affinity = this.#affinity;
    // There is no other try, and an answer may take days.
    this.#triedTunnels = NO_TUNNELS;
    this.#triedConnectorIds = NOTHING;
    this.#suspects = NOTHING;
    this.#affinity = null;
    if (affinity === null || affinity.key === affinityKey) return NOTHING;
    return ['Set-Cookie', affinity.makeCookie(affinityKey)];
  }

  /** Counts how it ended; the first call counts. */
  over(outcome: 'answered' | 'failed' | 'cancelled', hop: Hop | 'none' = 'none'): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.#tally.count(outcome, hop);
  }

  #wish(): Parameters<ConnectorRegistry['pick']>[1] {
    return {
      triedTunnels: this.#triedTunnels,
      triedConnectorIds: this.#triedConnectorIds,
      onlyOtherConnectors: this.#onlyOtherConnectors,
      affinityKey: this.#pin?.affinityKey ?? this.#affinity?.key,
    };
  }
}
