import { z } from 'zod';
import { refusedFor } from '../errors/refused-for.ts';

/**
 * The conditions under which an application opens, with the names of Microsoft Graph (`conditionalAccessPolicy`) as far as
 * Graph has words for them. docs/access-rules.md says what each means and which names are Postern's own.
 */

/** Bounds of what one application may carry; docs/limits.md says why. */
const ACCESS_LIMITS = {
  policies: 20,
  /** Entries of each list of a condition. */
  entries: 100,
  windows: 20,
  /** Values of which one is required. */
  requiredValues: 8,
  textLength: 256,
  requiredValueLength: 128,
} as const;

/** Stands for every user and program, every address or every segment, as in Graph. */
export const ALL = 'All';

export const DAYS_OF_WEEK = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** Seconds of Graph's `signinFrequencyType`, and of a shorter one. */
export const SIGN_IN_FREQUENCY_SECONDS = { minutes: 60, hours: 3600, days: 86_400 } as const;
const MAX_SIGN_IN_FREQUENCY_SECONDS = 365 * 86_400;

const text = z.string().trim().min(1).max(ACCESS_LIMITS.textLength);
const texts = z.array(text).max(ACCESS_LIMITS.entries).default([]);

/** Users and programs by object id or `All`, groups by id, roles by their value. Excluded ones go before included ones. */
const usersSchema = z
  .strictObject({
    includeUsers: texts,
    excludeUsers: texts,
    includeGroups: texts,
    excludeGroups: texts,
    includeRoles: texts,
    excludeRoles: texts,
  })
  .refine(
    ({ includeUsers, includeGroups, includeRoles }) =>
      includeUsers.length + includeGroups.length + includeRoles.length > 0,
    { path: ['includeUsers'], error: refusedFor('policyForNobody') },
  );

const range = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: refusedFor('mustBeNetwork'),
});
const location = z.union([z.literal(ALL), range], {
  error: refusedFor('mustBeNetworkOrAll'),
});

/** Where the client is. */
const locationsSchema = z.strictObject({
  includeLocations: z.array(location).max(ACCESS_LIMITS.entries).default([ALL]),
  excludeLocations: z.array(range).max(ACCESS_LIMITS.entries).default([]),
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: refusedFor('mustBeTimeOfDay') });

/** Hours of some days, by the clock of a time zone; one that ends before it begins goes on past midnight. */
export const timeWindowSchema = z
  .strictObject({
    daysOfWeek: z.array(z.enum(DAYS_OF_WEEK)).min(1).max(DAYS_OF_WEEK.length),
    startTime: timeOfDay.default('00:00'),
    /** The first minute that is outside. */
    endTime: timeOfDay.default('24:00'),
    timeZone: z.string().refine(isTimeZone, { error: refusedFor('mustBeTimeZone') }),
  })
  .refine(({ startTime, endTime }) => startTime !== endTime && startTime !== '24:00', {
    path: ['endTime'],
    error: refusedFor('windowIsEmpty'),
  });
export type TimeWindow = z.infer<typeof timeWindowSchema>;

/** When. Graph has no such condition. */
const timesSchema = z.strictObject({
  includeTimes: z
    .array(timeWindowSchema)
    .max(ACCESS_LIMITS.windows)
    .default([])
    .describe('None stands for every time.'),
  excludeTimes: z.array(timeWindowSchema).max(ACCESS_LIMITS.windows).default([]),
});

/** Where in a complex application: segments by their external URL. Graph has no such condition. */
const segmentsSchema = z.strictObject({
  includeSegments: z.array(z.string().max(2048)).max(ACCESS_LIMITS.entries).default([ALL]),
  excludeSegments: z.array(z.string().max(2048)).max(ACCESS_LIMITS.entries).default([]),
});

/** When a policy applies: all conditions that are given must hold. */
const conditionsSchema = z.strictObject({
  users: usersSchema.nullable().default(null),
  locations: locationsSchema.nullable().default(null),
  times: timesSchema.nullable().default(null),
  segments: segmentsSchema.nullable().default(null),
});

const requiredValue = z
  .string()
  .max(ACCESS_LIMITS.requiredValueLength)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: refusedFor('mustBeRequiredValue') });
const requiredValues = z.array(requiredValue).max(ACCESS_LIMITS.requiredValues).default([]);

/** What a policy that applies demands: all of it. */
const grantControlsSchema = z
  .strictObject({
    operator: z
      .literal('AND', { error: refusedFor('operatorIsAnd') })
      .default('AND')
      .describe("Graph's `OR` is not carried: within a list of values one is enough."),
    builtInControls: z
      .array(z.enum(['block', 'mfa']))
      .max(2)
      .default([])
      .describe('`block` refuses; `mfa` is `amrValues` with `mfa`.'),
    /** One of these in `acr` of the token, or in Entra's `acrs` (authentication contexts such as `c1`). */
    acrValues: requiredValues,
    /** One of these in `amr` (RFC 8176). */
    amrValues: requiredValues,
  })
  .refine(
    ({ builtInControls, acrValues, amrValues }) =>
      !builtInControls.includes('block') || builtInControls.length + acrValues.length + amrValues.length === 1,
    { path: ['builtInControls'], error: refusedFor('blockAlone') },
  );

const signInFrequencySchema = z
  .strictObject({
    isEnabled: z.boolean().default(true),
    type: z.enum(['minutes', 'hours', 'days']),
    value: z.number().int().min(1),
  })
  .refine(({ type, value }) => value * SIGN_IN_FREQUENCY_SECONDS[type] <= MAX_SIGN_IN_FREQUENCY_SECONDS, {
    path: ['value'],
    error: refusedFor('frequencyTooLong'),
  });

/** One policy of an application, as it is stored and read. */
export const conditionalAccessPolicySchema = z
  .strictObject({
    displayName: text.describe('By which logs and the dry run name it.'),
    state: z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']).default('enabled'),
    conditions: conditionsSchema.default({ users: null, locations: null, times: null, segments: null }),
    grantControls: grantControlsSchema.nullable().default(null),
    sessionControls: z
      .strictObject({
        signInFrequency: signInFrequencySchema
          .nullable()
          .default(null)
          .describe('The user must have proved who they are within this time.'),
      })
      .nullable()
      .default(null),
  })
  .refine(({ grantControls, sessionControls }) => countControls(grantControls) > 0 || hasFrequency(sessionControls), {
    path: ['grantControls'],
    error: refusedFor('policyDemandsNothing'),
  })
  .refine(
    ({ grantControls, sessionControls }) =>
      grantControls?.builtInControls.includes('block') !== true || !hasFrequency(sessionControls),
    { path: ['sessionControls'], error: refusedFor('nothingBesideBlock') },
  );
export type ConditionalAccessPolicy = z.infer<typeof conditionalAccessPolicySchema>;

/** All policies of an application. */
export const conditionalAccessPoliciesSchema = z.array(conditionalAccessPolicySchema).max(ACCESS_LIMITS.policies);

function countControls(controls: z.infer<typeof grantControlsSchema> | null): number {
  if (controls === null) return 0;
  return controls.builtInControls.length + controls.acrValues.length + controls.amrValues.length;
}

function hasFrequency(
  controls: { readonly signInFrequency: z.infer<typeof signInFrequencySchema> | null } | null,
): boolean {
  return controls?.signInFrequency?.isEnabled === true;
}

/** An offset such as +01:00 knows no daylight saving time, and is refused. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
