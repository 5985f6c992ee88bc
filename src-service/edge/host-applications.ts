/** What is published at a path, decoded to octets, which begins and ends in `/`. */
interface AtPath {
  readonly pathPrefix: string;
}

/** Of so few, a walk is faster than a map. */
const FEW = 8;

/** What is published on one host. A path is found among ten thousand of them as among ten. */
export class HostApplications<Entry extends AtPath> {
  /** Longest path first. */
  readonly entries: readonly Entry[];
  /** The one that there is where there is no other, as on most hosts; at hand without a walk. */
  readonly #only: Entry | null;
  readonly #onlyPath: string;
  readonly #byPath: ReadonlyMap<string, Entry> | null;
  /** Lengths of the paths, each once, longest first. */
  readonly #lengths: readonly number[];

  constructor(entries: readonly Entry[]) {
    this.entries = entries.toSorted((a, b) => b.pathPrefix.length - a.pathPrefix.length);
    const [first] = entries;
    this.#only = entries.length === 1 ? (first ?? null) : null;
    this.#onlyPath = this.#only?.pathPrefix ?? '';
    const isMany = entries.length > FEW;
    this.#byPath = isMany ? new Map(this.entries.map((entry) => [entry.pathPrefix, entry])) : null;
    this.#lengths = isMany ? [...new Set(this.entries.map(({ pathPrefix }) => pathPrefix.length))] : [];
  }

  /** The one with the longest path that `path` lies in (B4). */
  find(path: string): Entry | undefined {
    const only = this.#only;
    if (only !== null && path.startsWith(this.#onlyPath)) return only;
    const byPath = this.#byPath;
    if (byPath === null) {
      return this.entries.find((entry) => path.startsWith(entry.pathPrefix) || isFolderName(entry, path));
    }
    for (const length of this.#lengths) {
      // The name of a folder without its last slash is that of the folder.
      const isWhole = length === path.length + 1;
      if (!isWhole && path[length - 1] !== '/') continue;
      const found = byPath.get(isWhole ? `${path}/` : path.slice(0, length));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Whether a path is the name of the published folder without its last slash. */
export function isFolderName({ pathPrefix }: AtPath, path: string): boolean {
  return path.length === pathPrefix.length - 1 && pathPrefix.startsWith(path);
}
