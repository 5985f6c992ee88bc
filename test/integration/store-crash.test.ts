import { expect, test } from 'vitest';
import { runCrashes } from '../crash/crash-run.ts';
import { STORE_KINDS } from '../helpers/store-kinds.ts';

test.each(STORE_KINDS)(
  'on $kind a service that is killed amid changes loses none that it acknowledged and leaves none half done',
  async ({ open }) => {
    const place = await open();
    try {
      const outcome = await runCrashes({ location: await place.makeLocation(), kills: 4, changes: 80 });
      expect(outcome.failures).toEqual([]);
      expect(outcome.acknowledged).toBeGreaterThanOrEqual(80);
    } finally {
      await place.close();
    }
  },
);
