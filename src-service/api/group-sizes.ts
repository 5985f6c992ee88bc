import type { Application } from '../../src-shared/publishing/application.ts';
import { configurationsOf, findSizeProblem } from '../publishing/group-configurations.ts';
import type { Store } from '../store/store.ts';
import { FieldsError } from './api-errors.ts';

/**
 * Refuses a new or changed application with which a connector group would publish more than its connectors take. Two changes
 * at once may still do so together: then the group keeps what it published before.
 * @throws FieldsError naming the field whose change is at fault
 */
export async function checkGroupSizes(
  store: Pick<Store, 'applications' | 'connectorGroups'>,
  changed: Application,
  target: string,
): Promise<void> {
  const [applications, groups] = await Promise.all([store.applications.list(), store.connectorGroups.list()]);
  const others = applications.filter(({ id }) => id !== changed.id);
  for (const configuration of configurationsOf([...others, changed], groups, 0).values()) {
    const message = findSizeProblem(configuration);
    if (message !== null) throw new FieldsError([{ target, message }]);
  }
}
