import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file that was uploaded. */
export interface ShelvedFile {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** ISO 8601. */
  readonly uploadedAt: string;
}

/** An upload does not fit. */
export class ShelfFullError extends Error {}

const MAX_FILES = 50;
const INDEX_FILE = 'index.json';

/** Uploaded files in one folder, written as they stream in; the oldest go when room is needed. */
export class FileShelf {
  readonly #folder: string;
  readonly #maxTotalBytes: number;
  #files: ShelvedFile[];

  constructor(folder: string, maxTotalBytes: number) {
    this.#folder = folder;
    this.#maxTotalBytes = maxTotalBytes;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#files = readIndex(join(folder, INDEX_FILE));
  }

  /** Newest first. */
  list(): readonly ShelvedFile[] {
    return this.#files.toReversed();
  }

  find(id: string): ShelvedFile | undefined {
    return this.#files.find((file) => file.id === id);
  }

  path(file: ShelvedFile): string {
    return join(this.#folder, file.id);
  }

  /**
   * Streams a file to disk and hashes it on the way.
   * @throws ShelfFullError when it is larger than the shelf; nothing of it is kept then
   */
  async add(name: string, content: Readable): Promise<ShelvedFile> {
    const id = randomUUID();
    const path = join(this.#folder, id);
    const hash = createHash('sha256');
    const maxBytes = this.#maxTotalBytes;
    let sizeBytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBytes) {
          done(new ShelfFullError(`The file is larger than the ${maxBytes} bytes that this shelf holds.`));
          return;
        }
        hash.update(chunk);
        done(null, chunk);
      },
    });
    try {
      await pipeline(content, measure, createWriteStream(path, { mode: 0o600 }));
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    const file: ShelvedFile = {
      id,
      name: name.replaceAll(/[\p{Cc}/\\]/gu, '_').slice(-120) || 'file',
      sizeBytes,
      sha256: hash.digest('hex'),
      uploadedAt: new Date().toISOString(),
    };
    this.#files.push(file);
    this.#makeRoom();
    writeFileSync(join(this.#folder, INDEX_FILE), JSON.stringify(this.#files));
    return file;
  }

  #makeRoom(): void {
    const total = (): number => this.#files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    while (this.#files.length > MAX_FILES || total() > this.#maxTotalBytes) {
      const oldest = this.#files.shift();
      if (!oldest) return;
      rmSync(this.path(oldest), { force: true });
    }
  }
}

function readIndex(file: string): ShelvedFile[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ShelvedFile[];
  } catch {
    return [];
  }
}
