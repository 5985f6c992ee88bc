import process from 'node:process';
import { parseArgs } from 'node:util';
import { STORE_KINDS } from '../helpers/store-kinds.ts';
import { runCrashes } from './crash-run.ts';

/**
 * `npm run crash [-- --kills N --changes N]`: the service is killed with SIGKILL amid changes through its admin API, on
 * both stores. Fails when a change that was acknowledged is lost, or one is half done.
 */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, changes: { type: 'string', default: '1000' } },
});
const [kills, changes] = [Number(values.kills), Number(values.changes)];
if (!(kills > 0) || !(changes >= kills)) throw new Error('--kills takes a number above 0, --changes one no lower.');

for (const { kind, open } of STORE_KINDS) {
  const place = await open();
  try {
    const startedMs = performance.now();
    const location = await place.makeLocation();
    const outcome = await runCrashes({ location, kills, changes, onKill: (line) => console.log(`${kind}: ${line}`) });
    for (const failure of outcome.failures) console.error(`FAILED ${kind}: ${failure}`);
    const { acknowledged, interrupted, interruptedButDone } = outcome;
    console.log(
      `${kind}: ${kills} kills, ${acknowledged} changes acknowledged, ${interrupted} interrupted (${interruptedButDone} of them done), ` +
        `${outcome.failures.length} faults, ${Math.round((performance.now() - startedMs) / 1000)} s`,
    );
    if (outcome.failures.length > 0) process.exitCode = 1;
  } finally {
    await place.close();
  }
}
