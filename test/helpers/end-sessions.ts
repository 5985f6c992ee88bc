import { EVERYTHING } from '../../src-service/store/list-query.ts';
import type { Store } from '../../src-service/store/store.ts';

/** Ends the sessions of a user in the store, as somebody beside the service may. @returns how many there were */
export async function endSessions({ sessions }: Store, userId: string): Promise<number> {
  const { items } = await sessions.page(EVERYTHING);
  const own = items.filter((session) => session.userId === userId);
  for (const { id } of own) await sessions.remove(id);
  return own.length;
}
