import type { Application } from '../../src-shared/publishing/application.ts';
import type { ConnectorConfigurations } from '../publishing/connector-configurations.ts';
import { fieldProblem, FieldsError } from '../../src-shared/errors/fields-error.ts';

/**
 * Refuses a new or changed application with which a connector group would publish more than its connectors take. Two changes
 * at once may still do so together: then the group keeps what it published before.
 * @throws FieldsError naming the field whose change is at fault
 */
export function checkGroupSizes(
  configurations: Pick<ConnectorConfigurations, 'findSizeProblemWith'>,
  changed: Application,
  target: string,
): void {
  const problem = configurations.findSizeProblemWith(changed);
  if (problem !== null) throw new FieldsError([fieldProblem(target, problem)]);
}
