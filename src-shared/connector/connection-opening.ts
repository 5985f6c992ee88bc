/**
 * How a connection to the backend was opened for a request: when it was begun, and when its steps were done, ms since the request arrived.
 * What came before the request reads zero: the connection was begun for another one.
 */
export interface ConnectionOpening {
  readonly beganMs: number;
  /** The name was resolved; null for an address, where an outbound proxy does it, and where that was not reached. */
  readonly resolvedMs: number | null;
  /** TCP was connected, or the outbound proxy had opened its way; null where that was not reached. */
  readonly connectedMs: number | null;
  /** TLS was made; null where there is none, and where that was not reached. */
  readonly securedMs: number | null;
}

/** What each step took, ms; null where it wasn't done. */
export interface ConnectionSteps {
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
}

export function stepsOf({ beganMs, resolvedMs, connectedMs, securedMs }: ConnectionOpening): ConnectionSteps {
  return {
    dnsMs: resolvedMs === null ? null : difference(resolvedMs, beganMs),
    connectMs: connectedMs === null ? null : difference(connectedMs, resolvedMs ?? beganMs),
    tlsMs: securedMs === null ? null : difference(securedMs, connectedMs ?? beganMs),
  };
}

/** When the last of its steps was done. */
export function endOf({ beganMs, resolvedMs, connectedMs, securedMs }: ConnectionOpening): number {
  return securedMs ?? connectedMs ?? resolvedMs ?? beganMs;
}

/** Of times to the hundredth. */
function difference(laterMs: number, earlierMs: number): number {
  return Math.round((laterMs - earlierMs) * 100) / 100;
}
