import type { Logger } from 'pino';
import type { SessionUse } from '../store/session-record.ts';
import { IDENTITY_LIMITS } from './identity-limits.ts';

/** When a session in memory was used, and what the store knows of it. */
export interface UsedSession {
  readonly session: { readonly id: string };
  lastUsedAtMs: number;
  writtenUseAtMs: number;
  /** Applications that were opened since the last writing. */
  unwrittenApplicationIds: readonly string[];
}

type UnwrittenUse = Omit<SessionUse, 'id'>;

/** Writes down when sessions were used, seldom and many at once, so that using one costs an assignment. */
export class SessionUses {
  readonly #write: (uses: readonly SessionUse[]) => Promise<void>;
  readonly #log: Logger;
  /** Of sessions that are in memory no longer. */
  readonly #unwritten = new Map<string, UnwrittenUse>();

  constructor(write: (uses: readonly SessionUse[]) => Promise<void>, log: Logger) {
    this.#write = write;
    this.#log = log;
  }

  /** A session leaves the memory. */
  leave({ session, lastUsedAtMs, writtenUseAtMs, unwrittenApplicationIds }: UsedSession): void {
    if (lastUsedAtMs <= writtenUseAtMs && unwrittenApplicationIds.length === 0) return;
    const before = this.#unwritten.get(session.id)?.applicationIds ?? [];
    const applicationIds = [...before, ...unwrittenApplicationIds].slice(0, IDENTITY_LIMITS.notedApplications);
    this.#unwritten.delete(session.id);
    this.#unwritten.set(session.id, { lastUsedAtMs, applicationIds });
    for (const oldest of this.#unwritten.keys()) {
      if (this.#unwritten.size <= IDENTITY_LIMITS.unwrittenUses) break;
      this.#unwritten.delete(oldest);
    }
  }

  /** The last use of a session that left the memory unwritten; 0 where there is none. */
  lastUseOf(id: string): number {
    return this.#unwritten.get(id)?.lastUsedAtMs ?? 0;
  }

  /**
   * Writes what is due. Never rejects: what could not be written stays for the next time.
   * @param olderThanMs how far the store may be behind
   */
  async writeDue(inMemory: Iterable<UsedSession>, olderThanMs: number): Promise<void> {
    const due: { readonly use: SessionUse; readonly used: UsedSession | null }[] = [];
    for (const [id, use] of this.#unwritten) due.push({ use: { id, ...use }, used: null });
    for (const used of inMemory) {
      const { session, lastUsedAtMs, writtenUseAtMs, unwrittenApplicationIds: applicationIds } = used;
      const isBehind = lastUsedAtMs > writtenUseAtMs && lastUsedAtMs - writtenUseAtMs >= olderThanMs;
      if (!isBehind && applicationIds.length === 0) continue;
      due.push({ use: { id: session.id, lastUsedAtMs, applicationIds }, used });
    }
    for (let start = 0; start < due.length; start += IDENTITY_LIMITS.usesAtOnce) {
      const part = due.slice(start, start + IDENTITY_LIMITS.usesAtOnce);
      try {
        await this.#write(part.map(({ use }) => use));
      } catch (error) {
        this.#log.warn({ err: error, sessions: due.length - start }, 'sessions.use_not_written');
        return;
      }
      for (const { use, used } of part) this.#onWritten(use, used);
    }
  }

  #onWritten({ id, lastUsedAtMs, applicationIds }: SessionUse, used: UsedSession | null): void {
    if (used === null) {
      if (this.#unwritten.get(id)?.lastUsedAtMs === lastUsedAtMs) this.#unwritten.delete(id);
      return;
    }
    used.writtenUseAtMs = Math.max(used.writtenUseAtMs, lastUsedAtMs);
    used.unwrittenApplicationIds = used.unwrittenApplicationIds.filter((each) => !applicationIds.includes(each));
  }
}
