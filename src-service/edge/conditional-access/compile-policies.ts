import { isIP } from 'node:net';
import { AddressRanges } from '../../../src-shared/addresses/address-ranges.ts';
import {
  ALL,
  type ConditionalAccessPolicy,
  SIGN_IN_FREQUENCY_SECONDS,
} from '../../../src-shared/publishing/conditional-access.ts';
import { compileTimeWindows } from '../../../src-shared/publishing/time-windows.ts';
import type { AuthenticationRequirement } from '../../identity/authentication-requirement.ts';

type Conditions = ConditionalAccessPolicy['conditions'];

/** A set of people and programs. */
export interface CompiledPeople {
  readonly isEverybody: boolean;
  readonly users: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}

/** A policy at one address of its application, ready for the decisions of a request. */
export interface CompiledPolicy {
  readonly displayName: string;
  readonly state: ConditionalAccessPolicy['state'];
  /** Whether the address is in a segment that the policy is for. */
  readonly isForAddress: boolean;
  /** Null where it is for everybody, whoever they are. */
  readonly people: { readonly included: CompiledPeople; readonly excluded: CompiledPeople } | null;
  /** Null: wherever the client is. */
  readonly isForLocation: ((address: string) => boolean) | null;
  /** Null: at every time. */
  readonly isForTime: ((nowMs: number) => boolean) | null;
  /** Null: it blocks. */
  readonly requirement: AuthenticationRequirement | null;
}

/** A policy of an application, at each of its addresses. */
export type PolicyAtAddress = (externalUrls: readonly string[]) => CompiledPolicy;

/** Compiles a policy once for all addresses of its application. */
export function compilePolicy({
  displayName,
  state,
  conditions,
  grantControls,
  sessionControls,
}: ConditionalAccessPolicy): PolicyAtAddress {
  const { users, locations, times, segments } = conditions;
  const controls = grantControls?.builtInControls ?? [];
  const compiled = {
    displayName,
    state,
    people: users === null ? null : compileUsers(users),
    isForLocation: locations === null ? null : compileLocations(locations),
    isForTime: times === null ? null : compileTimes(times),
    requirement: controls.includes('block') ? null : readRequirement(grantControls, sessionControls),
  };
  return (externalUrls) => ({ ...compiled, isForAddress: segments === null || isInSegments(segments, externalUrls) });
}

function compileUsers(users: NonNullable<Conditions['users']>): CompiledPolicy['people'] {
  const excluded = people(users.excludeUsers, users.excludeGroups, users.excludeRoles);
  const included = people(users.includeUsers, users.includeGroups, users.includeRoles);
  const excludesNobody = [excluded.users, excluded.groups, excluded.roles].every((set) => set.size === 0);
  return included.isEverybody && excludesNobody ? null : { included, excluded };
}

function people(users: readonly string[], groups: readonly string[], roles: readonly string[]): CompiledPeople {
  return {
    isEverybody: users.includes(ALL),
    users: new Set(users),
    groups: new Set(groups),
    roles: new Set(roles),
  };
}

function compileLocations({
  includeLocations,
  excludeLocations,
}: NonNullable<Conditions['locations']>): (address: string) => boolean {
  const isEverywhere = includeLocations.includes(ALL);
  const included = new AddressRanges(includeLocations.filter((entry) => entry !== ALL));
  const excluded = new AddressRanges(excludeLocations);
  return (address) => {
    // Of an address that nobody can read no exception is to be had.
    if (isIP(address) === 0) return true;
    return (isEverywhere || included.has(address)) && !excluded.has(address);
  };
}

function compileTimes({ includeTimes, excludeTimes }: NonNullable<Conditions['times']>): (nowMs: number) => boolean {
  const isIncluded = compileTimeWindows(includeTimes);
  const isExcluded = compileTimeWindows(excludeTimes);
  return (nowMs) => (includeTimes.length === 0 || isIncluded(nowMs)) && !isExcluded(nowMs);
}

function isInSegments(
  { includeSegments, excludeSegments }: NonNullable<Conditions['segments']>,
  externalUrls: readonly string[],
): boolean {
  const isIncluded = includeSegments.includes(ALL) || externalUrls.some((url) => includeSegments.includes(url));
  return isIncluded && !externalUrls.some((url) => excludeSegments.includes(url));
}

function readRequirement(
  grant: ConditionalAccessPolicy['grantControls'],
  session: ConditionalAccessPolicy['sessionControls'],
): AuthenticationRequirement {
  const frequency = session?.signInFrequency;
  const amrValues = grant === null || grant.amrValues.length === 0 ? [] : [grant.amrValues];
  return {
    acrValues: grant === null || grant.acrValues.length === 0 ? [] : [grant.acrValues],
    amrValues: grant?.builtInControls.includes('mfa') === true ? [['mfa'], ...amrValues] : amrValues,
    maxAgeSeconds: frequency?.isEnabled === true ? frequency.value * SIGN_IN_FREQUENCY_SECONDS[frequency.type] : null,
  };
}
