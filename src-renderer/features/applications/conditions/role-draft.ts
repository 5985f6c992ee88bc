import { z } from 'zod';
import { type AppRole, appRoleSchema } from '../../../../src-shared/publishing/app-roles.ts';
import type { Catalogue } from '../../../../src-shared/text/catalogue.ts';

/** A role as it is being typed: the members of the API's schema and no others, with values that may be wrong meanwhile. */
const roleDraftSchema = z.strictObject({
  // One that is wrong can be mended as JSON only.
  id: appRoleSchema.shape.id,
  allowedMemberTypes: z.array(z.enum(['User', 'Application'])).default([]),
  displayName: z.string().default(''),
  description: z.string().nullable().default(null),
  isEnabled: z.boolean().default(true),
  value: z.string().default(''),
});
export type RoleDraft = z.infer<typeof roleDraftSchema>;

export type RoleProblems = Partial<Record<'displayName' | 'value' | 'description' | 'allowedMemberTypes', string>>;

/** The roles of the parsed JSON; null where it says what the form cannot show. */
export function readRoles(value: unknown): readonly RoleDraft[] | null {
  const roles = z.array(roleDraftSchema).safeParse(value ?? []).data ?? null;
  return roles !== null && new Set(roles.map(({ id }) => id)).size === roles.length ? roles : null;
}

export function makeRole(id: string): RoleDraft {
  return { id, allowedMemberTypes: ['User'], displayName: '', description: null, isEnabled: true, value: '' };
}

/** `Ledger.Audit, for users` */
export function describeRole({ allowedMemberTypes, isEnabled, value }: RoleDraft, text: Catalogue['appRoles']): string {
  const isForUsers = allowedMemberTypes.includes('User');
  const isForPrograms = allowedMemberTypes.includes('Application');
  const members = isForUsers
    ? isForPrograms
      ? text.forBoth
      : text.forUsers
    : isForPrograms
      ? text.forPrograms
      : text.forNobody;
  const sentence = text.summary(value, members);
  return isEnabled ? sentence : text.off(sentence);
}

/**
 * What is wrong with a role by the API's rules, at the field where it can be mended.
 * @param all the roles of the application, this one among them
 */
export function findRoleProblems(
  role: RoleDraft,
  all: readonly RoleDraft[],
  text: Catalogue['appRoles'],
): RoleProblems {
  const problems: RoleProblems = {};
  if (all.some(({ id, value }) => id !== role.id && value === role.value)) problems.value = text.problems.taken;
  for (const { path } of appRoleSchema.safeParse(role).error?.issues ?? []) {
    const field = path[0] as keyof AppRole | undefined;
    if (field === 'displayName') problems.displayName = text.problems.name;
    else if (field === 'allowedMemberTypes') problems.allowedMemberTypes = text.problems.members;
    else if (field === 'description') problems.description = text.problems.description;
    else if (field === 'value') problems.value = text.problems.value;
  }
  return problems;
}
