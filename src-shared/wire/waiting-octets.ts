import { GatheredOctets } from './gathered-octets.ts';

/** Writes to what said before that it has no room. @returns whether it has room for more */
export type WritePiece = (piece: Uint8Array) => boolean;

/**
 * What a sink has not taken yet: made when it says that it has no room, with the octets of the write at which it said so. It keeps
 * those itself; what comes behind them is gathered here, and written once it has room.
 */
export class WaitingOctets {
  /** Those that the sink keeps. */
  #keptBytes: number;
  #behind: GatheredOctets | null = null;

  /** @param keptBytes of the write that was told to be the last one for now */
  constructor(keptBytes: number) {
    this.#keptBytes = keptBytes;
  }

  /** All that waits. */
  get bytes(): number {
    return this.#keptBytes + (this.#behind?.bytes ?? 0);
  }

  /** More came; nothing is written. */
  add(piece: Uint8Array): void {
    (this.#behind ??= new GatheredOctets()).add(piece);
  }

  /** The sink has room: what waited is written. @returns octets that wait no longer; none do where `bytes` is 0 then */
  drain(write: WritePiece): number {
    const { bytes } = this;
    const behindBytes = this.#behind?.bytes ?? 0;
    this.#keptBytes = this.flush(write) ? 0 : behindBytes;
    return bytes - this.#keptBytes;
  }

  /** Writes what is gathered here, as before an end. @returns whether there is room for more */
  flush(write: WritePiece): boolean {
    const behind = this.#behind;
    this.#behind = null;
    this.#keptBytes += behind?.bytes ?? 0;
    let hasRoom = true;
    for (const part of behind?.parts() ?? []) hasRoom = write(part);
    return hasRoom;
  }
}
