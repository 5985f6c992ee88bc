const TRACEPARENT = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:$|-)/;
/** `key=value`, the key with a tenant where there is an `@` (W3C Trace Context section 3.3.1.3). */
const MEMBER =
  /^([a-z][a-z\d_\-*/]{0,255}|[a-z\d][a-z\d_\-*/]{0,240}@[a-z][a-z\d_\-*/]{0,13})=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])$/;
const MAX_MEMBERS = 32;

/**
 * What a request says of its trace (W3C Trace Context). A valid trace is continued as it is, since the service records no
 * span of its own; otherwise one is begun (B33).
 */
export class TraceContext {
  #parent: string | null = null;
  #hasTwoParents = false;
  readonly #states: string[] = [];

  take(name: 'traceparent' | 'tracestate', value: string): void {
    if (name === 'tracestate') {
      this.#states.push(value);
    } else {
      this.#hasTwoParents ||= this.#parent !== null;
      this.#parent = value;
    }
  }

  /** Adds the trace to a flat list. A state without a valid parent, or a malformed one, goes (sections 3.2.3 and 3.3.1.5). */
  append(headers: string[], activityId: string): void {
    const parent = this.#parent;
    if (parent === null || this.#hasTwoParents || !isValidTraceparent(parent)) {
      headers.push('traceparent', beginTraceparent(activityId));
      return;
    }
    headers.push('traceparent', parent);
    if (!isValidTracestate(this.#states)) return;
    for (const state of this.#states) headers.push('tracestate', state);
  }
}

/** A `traceparent` that begins a trace; its trace id is the activity id, a UUID, without dashes, so that one finds the other. */
export function beginTraceparent(activityId: string): string {
  const low = activityId.slice(19, 23) + activityId.slice(24);
  return `00-${activityId.slice(0, 8)}${activityId.slice(9, 13)}${activityId.slice(14, 18)}${low}-${low}-00`;
}

/** Section 3.2.2; a version above 00 may have more fields behind those that are known. */
function isValidTraceparent(value: string): boolean {
  return (
    value.length <= 128 &&
    !value.startsWith('ff-') &&
    TRACEPARENT.test(value) &&
    (value.length === 55 || !value.startsWith('00-'))
  );
}

function isValidTracestate(values: readonly string[]): boolean {
  const keys = new Set<string>();
  for (const text of values.join(',').split(',')) {
    const member = text.trim();
    if (member === '') continue;
    const key = MEMBER.exec(member)?.[1];
    if (key === undefined || keys.has(key) || keys.size === MAX_MEMBERS) return false;
    keys.add(key);
  }
  return true;
}
