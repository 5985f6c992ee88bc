import { z } from 'zod';
import { ALL, DAYS_OF_WEEK, SIGN_IN_FREQUENCY_SECONDS } from '../../../../src-shared/publishing/conditional-access.ts';

/**
 * A policy as it is being typed. The members are those of the API's schema and no others, so that a policy which says more
 * than the form shows stays JSON; the values may be wrong meanwhile, which the API's schema finds.
 */

const texts = z.array(z.string()).default([]);
/** An empty one names nothing at all, and the policy applies nowhere: the form has no way to show that. */
const named = z.array(z.string()).min(1).default([ALL]);

const timeWindowDraftSchema = z.strictObject({
  daysOfWeek: z.array(z.enum(DAYS_OF_WEEK)).default([]),
  startTime: z.string().default('00:00'),
  endTime: z.string().default('24:00'),
  timeZone: z.string().default(''),
});
export type TimeWindowDraft = z.infer<typeof timeWindowDraftSchema>;

const windows = z.array(timeWindowDraftSchema).default([]);

const usersDraftSchema = z.strictObject({
  includeUsers: texts,
  excludeUsers: texts,
  includeGroups: texts,
  excludeGroups: texts,
  includeRoles: texts,
  excludeRoles: texts,
});
export type UsersDraft = z.infer<typeof usersDraftSchema>;

const conditionsDraftSchema = z.strictObject({
  users: usersDraftSchema.nullable().default(null),
  locations: z.strictObject({ includeLocations: named, excludeLocations: texts }).nullable().default(null),
  times: z.strictObject({ includeTimes: windows, excludeTimes: windows }).nullable().default(null),
  segments: z.strictObject({ includeSegments: named, excludeSegments: texts }).nullable().default(null),
});
export type ConditionsDraft = z.infer<typeof conditionsDraftSchema>;

const grantControlsDraftSchema = z.strictObject({
  operator: z.literal('AND').default('AND'),
  builtInControls: z.array(z.enum(['block', 'mfa'])).default([]),
  acrValues: texts,
  amrValues: texts,
});
export type GrantControlsDraft = z.infer<typeof grantControlsDraftSchema>;

export const FREQUENCY_UNITS = Object.keys(SIGN_IN_FREQUENCY_SECONDS) as (keyof typeof SIGN_IN_FREQUENCY_SECONDS)[];

const signInFrequencyDraftSchema = z.strictObject({
  isEnabled: z.boolean().default(true),
  type: z.enum(['minutes', 'hours', 'days']),
  value: z.union([z.number(), z.string()]),
});
export type SignInFrequencyDraft = z.infer<typeof signInFrequencyDraftSchema>;

const NO_CONDITIONS: ConditionsDraft = { users: null, locations: null, times: null, segments: null };

const policyDraftSchema = z.strictObject({
  displayName: z.string().default(''),
  state: z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']).default('enabled'),
  conditions: conditionsDraftSchema.default(NO_CONDITIONS),
  grantControls: grantControlsDraftSchema.nullable().default(null),
  sessionControls: z
    .strictObject({ signInFrequency: signInFrequencyDraftSchema.nullable().default(null) })
    .nullable()
    .default(null),
});
export type PolicyDraft = z.infer<typeof policyDraftSchema>;

export const NOBODY: UsersDraft = {
  includeUsers: [],
  excludeUsers: [],
  includeGroups: [],
  excludeGroups: [],
  includeRoles: [],
  excludeRoles: [],
};
export const NO_CONTROLS: GrantControlsDraft = { operator: 'AND', builtInControls: [], acrValues: [], amrValues: [] };

/** The policies of the parsed JSON; null where it says what the form cannot show. */
export function readPolicies(value: unknown): readonly PolicyDraft[] | null {
  return z.array(policyDraftSchema).safeParse(value ?? []).data ?? null;
}

/** A policy that asks everyone for a second factor: harmless, and whole but for its name. */
export function makePolicy(displayName: string): PolicyDraft {
  return {
    displayName,
    state: 'enabled',
    conditions: NO_CONDITIONS,
    grantControls: { ...NO_CONTROLS, builtInControls: ['mfa'] },
    sessionControls: null,
  };
}

/** The office hours of most: a window to begin from. */
export function makeTimeWindow(timeZone: string): TimeWindowDraft {
  return {
    daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    startTime: '07:00',
    endTime: '19:00',
    timeZone,
  };
}

export function isBlock({ grantControls }: PolicyDraft): boolean {
  return grantControls?.builtInControls.includes('block') === true;
}

export function isForEveryone({ users }: ConditionsDraft): boolean {
  return users === null || users.includeUsers.includes(ALL);
}

/** What a list names; nothing where it stands for all. */
export function namedIn(list: readonly string[]): readonly string[] {
  return list.length === 1 && list[0] === ALL ? [] : list;
}

/** The same for a list of which nothing named stands for all. */
export function allUnlessNamed(list: readonly string[]): string[] {
  return list.length === 0 ? [ALL] : [...list];
}

/** The policy without conditions and controls that say nothing. */
export function tidyPolicy(policy: PolicyDraft): PolicyDraft {
  const { users, locations, times, segments } = policy.conditions;
  const { grantControls, sessionControls } = policy;
  const excluded = users === null ? [] : [...users.excludeUsers, ...users.excludeGroups, ...users.excludeRoles];
  const says = (included: readonly string[], left: readonly string[]): boolean =>
    namedIn(included).length > 0 || left.length > 0;
  return {
    ...policy,
    conditions: {
      users: isForEveryone(policy.conditions) && excluded.length === 0 ? null : users,
      locations: locations !== null && says(locations.includeLocations, locations.excludeLocations) ? locations : null,
      times: times !== null && times.includeTimes.length + times.excludeTimes.length > 0 ? times : null,
      segments: segments !== null && says(segments.includeSegments, segments.excludeSegments) ? segments : null,
    },
    grantControls:
      grantControls !== null &&
      grantControls.builtInControls.length + grantControls.acrValues.length + grantControls.amrValues.length > 0
        ? grantControls
        : null,
    sessionControls: (sessionControls?.signInFrequency ?? null) === null ? null : sessionControls,
  };
}

/** Whether it shuts everybody out for good: an administrator who means that has maintenance for it. */
export function shutsEverybodyOut(policy: PolicyDraft): boolean {
  const { users, locations, times, segments } = tidyPolicy(policy).conditions;
  const hasCondition = users !== null || locations !== null || times !== null || segments !== null;
  return policy.state === 'enabled' && isBlock(policy) && !hasCondition;
}
