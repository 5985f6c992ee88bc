import { Readable } from 'node:stream';
import { GatheredOctets } from '../../src-shared/wire/gathered-octets.ts';
import type { BackendBody } from './backend-client.ts';

/** What undici may have before it asks, octets; what comes above it is gathered. */
const AHEAD_BYTES = 16_384;

/** A request body that undici reads as it comes. */
export class UndiciBody extends Readable implements BackendBody {
  #behind: GatheredOctets | null = null;
  #hasRoom = true;

  constructor() {
    super({ highWaterMark: AHEAD_BYTES });
  }

  get unsentBytes(): number {
    return this.readableLength + (this.#behind?.bytes ?? 0);
  }

  override push(chunk: Uint8Array | null): boolean {
    if (chunk === null) {
      this.#pushBehind();
      return super.push(null);
    }
    if (this.#hasRoom) this.#hasRoom = super.push(chunk);
    else (this.#behind ??= new GatheredOctets()).add(chunk);
    return this.#hasRoom;
  }

  override _read(): void {
    this.#hasRoom = true;
    this.#pushBehind();
  }

  #pushBehind(): void {
    const behind = this.#behind;
    this.#behind = null;
    for (const part of behind?.parts() ?? []) this.#hasRoom = super.push(part);
  }
}
