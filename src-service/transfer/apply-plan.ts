import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Store } from '../store/store.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';
import type { ConfigurationPlan } from './configuration-plan.ts';
import { readTenantState, stateTag } from './tenant-state.ts';

/** Refusal of a plan that was made from a state which is no more. */
export class StateChangedError extends PosternError {
  constructor() {
    super('API_CONFLICT', {
      message: 'The store has been changed since the plan was made; nothing was changed. Look at the plan again.',
    });
  }
}

/**
 * Makes all changes of a plan in one transaction, each with its audit record.
 * @param tag names the state that the plan was made from
 * @throws StateChangedError when the store has another state by now, PosternError as the records do; nothing is changed then
 */
export async function applyPlan(
  store: Store,
  { changes }: Pick<ConfigurationPlan, 'changes'>,
  tag: string,
  context: ChangeContext,
): Promise<void> {
  await store.changeTogether(context, async (records) => {
    if (stateTag(await readTenantState(records)) !== tag) throw new StateChangedError();
    for (const { make } of changes) await make(records, context);
  });
}
