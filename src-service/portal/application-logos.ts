import { LRUCache } from 'lru-cache';
import { LOGO_PATH_PREFIX, type LogoRecord } from '../store/application-logo-records.ts';
import { EVERY_ID } from '../store/unit-of-work.ts';

/** Octets of logos in memory. */
const CACHED_OCTETS = 16 * 1024 * 1024;

/** Where logos come from; the store is one. */
export interface LogoSource {
  readonly applicationLogos: { find(applicationId: string): Promise<LogoRecord | null> };
  onChange(listener: (change: { readonly kind: string; readonly id: string }) => void): () => void;
}

/** The logos of applications for "My apps", those in use from memory. */
export class ApplicationLogos {
  readonly #source: LogoSource;
  readonly #known = new LRUCache<string, LogoRecord>({
    maxSize: CACHED_OCTETS,
    sizeCalculation: ({ octets }) => octets.length + 200,
  });
  /** Rises with each change: a logo that was being read meanwhile must not be kept. */
  #changes = 0;
  readonly #unsubscribe: () => void;

  constructor(source: LogoSource) {
    this.#source = source;
    this.#unsubscribe = source.onChange((change) => {
      if (change.kind !== 'application') return;
      this.#changes += 1;
      if (change.id === EVERY_ID) this.#known.clear();
      else this.#known.delete(change.id);
    });
  }

  stop(): void {
    this.#unsubscribe();
  }

  /** The logo at a path of the service's host; null where the path names none, or one that was replaced. */
  async at(path: string): Promise<LogoRecord | null> {
    const [, id = '', tag] = /^([^/]+)\/([^/]+)$/.exec(path.slice(LOGO_PATH_PREFIX.length)) ?? [];
    const logo = this.#known.get(id) ?? (await this.#read(id));
    return logo === null || logo.tag !== tag ? null : logo;
  }

  async #read(id: string): Promise<LogoRecord | null> {
    if (id === '') return null;
    const changes = this.#changes;
    const logo = await this.#source.applicationLogos.find(id);
    if (logo !== null && changes === this.#changes) this.#known.set(id, logo);
    return logo;
  }
}

/** Whether a path of the service's host is that of a logo. */
export function isLogoPath(path: string): boolean {
  return path.startsWith(LOGO_PATH_PREFIX);
}
