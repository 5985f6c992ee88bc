import type { ConnectorGroup } from '../../src-shared/publishing/application.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import { STEPS } from './configuration-plan.ts';
import { findFieldChanges } from './field-changes.ts';
import type { PlanContext } from './plan-context.ts';

/** What the groups would be. */
export interface PlannedGroups {
  readonly groups: readonly ConnectorGroup[];
  /** Groups that are to go where nothing is in them any more. */
  readonly surplus: readonly ConnectorGroup[];
}

/** Finds each group of the file by its id, else by its name. */
export function planGroups(entries: ConfigurationFile['connectorGroups'], context: PlanContext): PlannedGroups {
  const { state, changes, problems } = context;
  if (entries === undefined) return { groups: state.connectorGroups, surplus: [] };
  const groups: ConnectorGroup[] = [];
  for (const [index, { id, name }] of entries.entries()) {
    const path = ['connectorGroups', index];
    const before = state.connectorGroups.find((group) =>
      id === undefined ? isSameName(group.name, name) : group.id === id,
    );
    const after: ConnectorGroup = before ?? {
      id: id ?? context.randomId(),
      name,
      isDefault: false,
      connectorGroupType: 'applicationProxy',
    };
    const twin = groups.find((group) => group.id === after.id || isSameName(group.name, name));
    if (twin !== undefined) {
      problems.push({ path: [...path, 'name'], message: `another group of this file is "${twin.name}" (${twin.id}).` });
      continue;
    }
    groups.push({ ...after, name });
    const fields = findFieldChanges(before && { name: before.name }, { name });
    if (before === undefined) {
      changes.push({
        action: 'create',
        kind: 'connectorGroup',
        id: id ?? null,
        name,
        fields: findFieldChanges({}, { name }),
        step: STEPS.writeGroup,
        make: (records, change) => records.connectorGroups.create(after.id, name, change),
      });
    } else if (fields.length > 0) {
      changes.push({
        action: 'change',
        kind: 'connectorGroup',
        id: after.id,
        name: before.name,
        fields,
        step: STEPS.writeGroup,
        make: (records, change) => records.connectorGroups.rename(after.id, name, change),
      });
    }
  }
  const surplus = state.connectorGroups.filter(
    ({ id, isDefault }) => !isDefault && groups.every((group) => group.id !== id),
  );
  const kept = state.connectorGroups.filter(({ id }) => groups.every((group) => group.id !== id));
  for (const group of kept) {
    const index = groups.findIndex(({ name }) => isSameName(name, group.name));
    if (index === -1) continue;
    problems.push({
      path: ['connectorGroups', index, 'name'],
      message: `the group ${group.id} of the store is called "${group.name}" already. Give its id here, or rename it.`,
    });
  }
  return { groups: [...groups, ...kept], surplus };
}

/** Deletes the groups that the file doesn't name, once applications and connectors have left them. */
export function pruneGroups(
  surplus: readonly ConnectorGroup[],
  usedIds: ReadonlySet<string>,
  context: PlanContext,
): void {
  for (const { id, name } of surplus) {
    if (!context.isPruning) {
      context.kept.push({ kind: 'connectorGroup', id, name });
      continue;
    }
    const connectors = context.state.connectors.filter(({ connectorGroupId }) => connectorGroupId === id);
    const users = connectors.map(({ displayName }) => `the connector "${displayName}"`);
    if (usedIds.has(id)) users.push('an application');
    if (users.length > 0) {
      const message = `the group "${name}" is not in the file, but has ${users.slice(0, 3).join(', ')}. Move what is in it, or name the group in the file.`;
      context.problems.push({ path: ['connectorGroups'], message });
      continue;
    }
    context.changes.push({
      action: 'delete',
      kind: 'connectorGroup',
      id,
      name,
      fields: [],
      step: STEPS.deleteGroup,
      make: (records, change) => records.connectorGroups.remove(id, change),
    });
  }
}

export function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
