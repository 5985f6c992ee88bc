import type { CapturedBodies } from '../../../src-shared/connector/body-capture.ts';

/** Octets and requests that are held (docs/limits.md); the oldest go first. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_REQUESTS = 2000;

/** Captured bodies in memory, never on disk. */
export class BodyStore {
  readonly #bodies = new Map<number, CapturedBodies>();
  #bytes = 0;

  get size(): number {
    return this.#bodies.size;
  }

  add(bodies: CapturedBodies): void {
    this.#bodies.set(bodies.sequence, bodies);
    this.#bytes += sizeOf(bodies);
    for (const [sequence, oldest] of this.#bodies) {
      if (this.#bytes <= MAX_BYTES && this.#bodies.size <= MAX_REQUESTS) break;
      this.#bodies.delete(sequence);
      this.#bytes -= sizeOf(oldest);
    }
  }

  find(sequence: number): CapturedBodies | null {
    return this.#bodies.get(sequence) ?? null;
  }

  clear(): void {
    this.#bodies.clear();
    this.#bytes = 0;
  }
}

function sizeOf({ request, response }: CapturedBodies): number {
  return request.octets.length + response.octets.length;
}
