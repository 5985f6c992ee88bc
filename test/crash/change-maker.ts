import { isDeepStrictEqual } from 'node:util';
import type { ApiClient } from '../helpers/api-client.ts';

/** What an application of ours should look like: its version is in its name, and it has as many segments as that says. */
interface Expected {
  readonly name: string;
  readonly segments: number;
  readonly principals: readonly string[];
}

/** A change that may or may not have come through. */
interface Doubt {
  readonly key: string;
  readonly before: Expected | null;
  readonly after: Expected | null;
}

export interface ChangeMakerOptions {
  readonly api: ApiClient;
  readonly port: number;
  /** Unlike the others'. */
  readonly name: string;
}

/** One administrator's script: publishes, changes, assigns and deletes applications, and remembers what it was told is done. */
export class ChangeMaker {
  interrupted = 0;
  interruptedButDone = 0;
  /** Answers that no kill explains. */
  readonly refusals: string[] = [];
  readonly #api: ApiClient;
  readonly #port: number;
  readonly #name: string;
  readonly #expected = new Map<string, Expected>();
  readonly #ids = new Map<string, string>();
  #doubt: Doubt | null = null;
  #count = 0;

  constructor(options: ChangeMakerOptions) {
    this.#api = options.api;
    this.#port = options.port;
    this.#name = options.name;
  }

  /** Makes changes until the service is gone or `signal` fires. */
  async run(signal: AbortSignal, onAcknowledged: () => void): Promise<void> {
    while (!signal.aborted) {
      const change = this.#next();
      this.#doubt = change.doubt;
      try {
        const { status, body } = await this.#api(change.method, change.path(), change.body);
        if (status >= 300) {
          this.refusals.push(`${change.method} ${change.path()}: ${status} ${JSON.stringify(body)}`);
          return;
        }
        if (change.method === 'POST' && change.doubt.before === null) this.#ids.set(change.doubt.key, String(body.id));
      } catch {
        this.interrupted += 1;
        return;
      }
      this.#set(change.doubt.key, change.doubt.after);
      this.#doubt = null;
      onAcknowledged();
    }
  }

  /** What differs from what was acknowledged. A change in doubt counts as done or not done, as it turns out. */
  async compare(): Promise<string[]> {
    const found = await this.#read();
    const doubt = this.#doubt;
    this.#doubt = null;
    if (doubt !== null) {
      const now = found.get(doubt.key) ?? null;
      const isDone = isDeepStrictEqual(now, doubt.after);
      if (isDone) this.interruptedButDone += 1;
      else if (!isDeepStrictEqual(now, doubt.before)) {
        return [`${doubt.key} is half done: ${JSON.stringify({ ...doubt, now })}`];
      }
      this.#set(doubt.key, now);
    }
    if (isDeepStrictEqual(Object.fromEntries(found), Object.fromEntries(this.#expected))) return [];
    return [
      `${this.#name} finds ${JSON.stringify([...found])} where it was told ${JSON.stringify([...this.#expected])}`,
    ];
  }

  #next(): { method: string; path: () => string; body?: object; doubt: Doubt } {
    this.#count += 1;
    const keys = [...this.#expected.keys()];
    const key = keys.at(-1) ?? '';
    const before = this.#expected.get(key);
    const path = (): string => `/applications/${this.#ids.get(key)}`;
    const step = this.#count % 5;
    if (before === undefined || step === 0) {
      const fresh = `${this.#name}-${this.#count}`;
      const after = { name: `${fresh}-v0`, segments: 1, principals: [] };
      return {
        method: 'POST',
        path: () => '/applications',
        body: { displayName: after.name, onPremisesPublishing: this.#publishing(fresh, 1) },
        doubt: { key: fresh, before: null, after },
      };
    }
    if (step === 1) {
      const principal = `user-${this.#count}`;
      const body = { principalId: principal, principalType: 'User', principalDisplayName: principal };
      return {
        method: 'POST',
        path: () => `/servicePrincipals/${this.#ids.get(key)}/appRoleAssignedTo`,
        body: { ...body, resourceId: this.#ids.get(key) },
        doubt: { key, before, after: { ...before, principals: [...before.principals, principal].toSorted() } },
      };
    }
    if (step === 4 && keys.length > 3) return { method: 'DELETE', path, doubt: { key, before, after: null } };
    const segments = (before.segments % 3) + 1;
    const after = { ...before, name: `${key}-v${this.#count}`, segments };
    const body = { displayName: after.name, onPremisesPublishing: this.#publishing(key, segments) };
    return { method: 'PATCH', path, body, doubt: { key, before, after } };
  }

  #set(key: string, value: Expected | null): void {
    if (value === null) this.#expected.delete(key);
    else this.#expected.set(key, value);
  }

  /** The applications of this maker as the API has them. */
  async #read(): Promise<Map<string, Expected>> {
    const filter = encodeURIComponent(`startswith(displayName,'${this.#name}-')`);
    const { status, body } = await this.#api('GET', `/applications?$top=999&$filter=${filter}`);
    if (status !== 200) throw new Error(`The applications can't be read: ${status} ${JSON.stringify(body)}`);
    const found = new Map<string, Expected>();
    for (const application of body.value) {
      const name = String(application.displayName);
      const key = name.slice(0, name.lastIndexOf('-'));
      this.#ids.set(key, String(application.id));
      const assigned = await this.#api('GET', `/servicePrincipals/${application.id}/appRoleAssignedTo?$top=999`);
      found.set(key, {
        name,
        segments: application.onPremisesPublishing.segmentsConfiguration.applicationSegments.length,
        principals: assigned.body.value.map((entry: { principalId: string }) => entry.principalId).toSorted(),
      });
    }
    // In the order in which they were published, for the next change to take the same one.
    return new Map([...found].toSorted(([a], [b]) => Number(a.split('-')[1]) - Number(b.split('-')[1])));
  }

  #publishing(key: string, segments: number): object {
    const host = `${key}.postern.localhost:${this.#port}`;
    return {
      externalUrl: `http://${host}/`,
      internalUrl: `http://${key}.internal/`,
      segmentsConfiguration: {
        applicationSegments: Array.from({ length: segments }, (_, index) => {
          const path = index === 0 ? '/' : `/part${index}/`;
          return { externalUrl: `http://${host}${path}`, internalUrl: `http://${key}.internal${path}` };
        }),
      },
    };
  }
}
