import type { PublishingRules } from '../api/publishing-rules.ts';
import type { ConfigurationPlan } from './configuration-plan.ts';
import type { PlanContext } from './plan-context.ts';
import { planApplications } from './plan-applications.ts';
import { planAssignments } from './plan-assignments.ts';
import { planCertificates } from './plan-certificates.ts';
import { planGroups, pruneGroups } from './plan-groups.ts';
import type { ReadConfigurationFile } from './read-configuration-file.ts';
import type { TenantState } from './tenant-state.ts';

export interface PlanOptions {
  readonly rules: PublishingRules;
  /** Deletes what the file doesn't name, within the sections that it has. */
  readonly isPruning: boolean;
  readonly nowMs: number;
  readonly randomId: () => string;
}

/** What a file would do to a state: everything that would be wrong with it at once. Changes nothing. */
export async function planConfiguration(
  { file, origins, places, problems: ofSchema, refusedPaths }: ReadConfigurationFile,
  state: TenantState,
  options: PlanOptions,
): Promise<ConfigurationPlan> {
  const isRefused = (path: readonly PropertyKey[]): boolean =>
    refusedPaths.some((refused) => refused.every((step, index) => step === path[index]));
  const context: PlanContext = { ...options, state, origins, places, isRefused, changes: [], kept: [], problems: [] };
  const { groups, surplus } = planGroups(file.connectorGroups, context);
  const planned = planApplications(file.applications, groups, context);
  planAssignments(planned, file.applications, context);
  pruneGroups(surplus, new Set(planned.map(({ application }) => application.connectorGroupId)), context);
  await planCertificates(file.certificates, context);
  const { changes, kept } = context;
  const problems = [...ofSchema, ...context.problems.filter(({ path }) => !isRefused(path))];
  return { changes: changes.toSorted((a, b) => a.step - b.step), kept, problems };
}
