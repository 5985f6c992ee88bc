import type { OnReadOpts } from 'node:net';

/** What one read of a socket gives at most. */
const READ_BYTES = 65_536;

/**
 * Reads a socket into memory of its own, again and again (`onread` of `net.connect`). The stream's own way makes 64 KiB for each
 * read and cuts them down to what came, which for a small response costs more than all else about it.
 */
export class SocketReader {
  /** Gets what came: a view of memory that the next read overwrites. */
  onOctets: (octets: Buffer) => void = () => undefined;
  readonly options: OnReadOpts;

  constructor() {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    this.options = {
      buffer,
      callback: (bytes) => {
        this.onOctets(buffer.subarray(0, bytes));
        return true;
      },
    };
  }
}
