import { randomBytes } from 'node:crypto';
import { Http2ServerRequest } from 'node:http2';
import type { Socket } from 'node:net';
import { authenticatesConnection } from '../../src-shared/wire/connection-authentication.ts';
import type { LiveConnector } from './live-connector.ts';
import { RELAY_LIMITS } from './relay-limits.ts';
import type { ForwardedRequest } from './relay-types.ts';

const ID_BYTES = 16;

/** Tells a connector that a user's connection is over. */
export type ReleaseConnection = (connectorId: string, connectionId: string) => void;

/** The requests of one user to one application over one connection of theirs, which keep to one connection of the backend. */
export class ConnectionPin {
  /** What the connector knows the user's connection by: says nothing, and can't be guessed. */
  readonly id: string = randomBytes(ID_BYTES).toString('base64url');
  readonly #release: ReleaseConnection;
  #connector: LiveConnector | null = null;

  constructor(release: ReleaseConnection) {
    this.#release = release;
  }

  /** The connector to stay with; undefined before the first was picked. */
  get affinityKey(): string | undefined {
    return this.#connector?.affinityKey;
  }

  /** A request goes to this connector. From another one the backend's connection is not wanted any more. */
  keepTo(connector: LiveConnector): void {
    if (this.#connector?.id === connector.id) return;
    this.end();
    this.#connector = connector;
  }

  end(): void {
    if (this.#connector !== null) this.#release(this.#connector.id, this.id);
    this.#connector = null;
  }
}

/**
 * Finds the requests whose backend ties who the user is to a connection (NTLM, Negotiate). From the first request with such
 * credentials on, all of that user to that application over that connection are pinned; what comes without costs nothing.
 * A connection of a proxy that may carry many users is pinned for signed-in users alone, each for itself.
 */
export class ConnectionPins {
  readonly #pins = new WeakMap<Socket, Map<string, ConnectionPin>>();
  readonly #release: ReleaseConnection;
  #count = 0;

  constructor(release: ReleaseConnection) {
    this.#release = release;
  }

  /** The pin of a request, or null. */
  of({ request, head, isUserConnection }: ForwardedRequest): ConnectionPin | null {
    const { authorization } = request.headers;
    const begins = authorization !== undefined && authenticatesConnection(authorization);
    if (!begins && this.#count === 0) return null;
    // The streams of an HTTP/2 connection are nobody's connection; such a user is asked to come by HTTP/1.1.
    if (request instanceof Http2ServerRequest || (!isUserConnection && head.userId === null)) return null;
    const { socket } = request;
    const key = `${head.applicationId} ${head.userId ?? ''}`;
    const known = this.#pins.get(socket);
    const pin = known?.get(key);
    if (pin !== undefined || !begins) return pin ?? null;
    if (this.#count >= RELAY_LIMITS.maxConnectionPins || socket.destroyed) return null;
    return this.#add(socket, known, key);
  }

  #add(socket: Socket, known: Map<string, ConnectionPin> | undefined, key: string): ConnectionPin {
    const pin = new ConnectionPin(this.#release);
    const pins = known ?? new Map<string, ConnectionPin>();
    pins.set(key, pin);
    this.#count += 1;
    if (known === undefined) {
      this.#pins.set(socket, pins);
      socket.once('close', () => {
        this.#count -= pins.size;
        for (const each of pins.values()) each.end();
        pins.clear();
      });
    }
    return pin;
  }
}
