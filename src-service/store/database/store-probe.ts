import type { Kysely } from 'kysely';
import { CONFIGURATION_VERSION } from '../migrations.ts';
import type { DatabaseSchema } from '../schema.ts';
import { DATABASE_LIMITS } from './database-limits.ts';
import type { StoreHealth } from './store-health.ts';

/**
 * Tries a store that failed with a change that changes nothing, so that readiness tells when it is back although nobody asks
 * it anything. @returns a function that ends it
 */
export function startStoreProbe(db: Kysely<DatabaseSchema>, health: StoreHealth): () => void {
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const probe = async (): Promise<void> => {
    const name = CONFIGURATION_VERSION;
    await db
      .updateTable('service_values')
      .set((eb) => ({ number_value: eb.ref('number_value') }))
      .where('name', '=', name)
      .execute()
      .catch(() => {});
    timer = null;
    if (!health.state.isUp) plan();
  };
  const plan = (): void => {
    if (isStopped) return;
    timer ??= setTimeout(() => void probe(), DATABASE_LIMITS.probeMs).unref();
  };
  health.onState((state) => {
    if (!state.isUp) plan();
  });
  return () => {
    isStopped = true;
    if (timer !== null) clearTimeout(timer);
  };
}
