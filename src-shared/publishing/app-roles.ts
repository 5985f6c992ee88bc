import { z } from 'zod';
import { makeReason, sayReason } from '../errors/reasons.ts';
import { refusedFor } from '../errors/refused-for.ts';

/** Roles of an application and who has them, with the names of Microsoft Graph (`appRole`, `appRoleAssignment`). */

/** Graph's `appRoleId` of an assignment that gives entry and no role. */
export const DEFAULT_APP_ROLE_ID = '00000000-0000-0000-0000-000000000000';

/** Bounds of what one application may carry; docs/limits.md says why. */
const APP_ROLE_LIMITS = { roles: 100, valueLength: 120, textLength: 1024, principalIdLength: 256 } as const;

const text = z.string().trim().max(APP_ROLE_LIMITS.textLength);

/** A role that an application defines. */
export const appRoleSchema = z.strictObject({
  id: z
    .guid({ error: refusedFor('mustBeGuid') })
    .toLowerCase()
    .refine((id) => id !== DEFAULT_APP_ROLE_ID, { error: refusedFor('roleIdIsReserved') }),
  allowedMemberTypes: z
    .array(z.enum(['User', 'Application']))
    .min(1)
    .max(2)
    .describe('`User`: for users and groups; `Application`: for programs that come for themselves.'),
  displayName: text.min(1),
  description: text.nullable().default(null),
  isEnabled: z.boolean().default(true).describe('Off: the role opens nothing and is told to nobody.'),
  value: z
    .string()
    .max(APP_ROLE_LIMITS.valueLength)
    .regex(/^(?!\.)[\x21-\x7e]+$/, { error: refusedFor('mustBeRoleValue') })
    .describe('What stands in the `roles` claim. Unique within the application.'),
});
export type AppRole = z.infer<typeof appRoleSchema>;

/** The roles as they are stored and read. */
export const appRolesSchema = z.array(appRoleSchema).max(APP_ROLE_LIMITS.roles);

/** The same as a caller may send it: with what Graph's clients send along and that says nothing here. */
export const appRolesInputSchema = z
  .array(
    appRoleSchema.extend({ '@odata.type': z.string().optional(), origin: z.string().optional() }).transform((role) => {
      const { id, allowedMemberTypes, displayName, description, isEnabled, value } = role;
      return { id, allowedMemberTypes, displayName, description, isEnabled, value };
    }),
  )
  .max(APP_ROLE_LIMITS.roles)
  .superRefine((roles, context) => {
    for (const field of ['id', 'value'] as const) {
      const seen = new Set<string>();
      for (const [index, role] of roles.entries()) {
        if (seen.has(role[field])) {
          const reason = makeReason('roleTwice', { value: role[field] });
          context.addIssue({
            code: 'custom',
            path: [index, field],
            message: sayReason(reason),
            params: { reason },
          });
        }
        seen.add(role[field]);
      }
    }
  });

/**
 * Who may be assigned: Graph's `User`, `Group` and `ServicePrincipal` by their object ids, and Postern's own `Claim`, which
 * is whoever the provider says it of: `department=Finance`.
 */
const PRINCIPAL_TYPES = ['User', 'Group', 'ServicePrincipal', 'Claim'] as const;

/** Graph's `appRoleAssignment`: who may enter an application, and with which role. */
export const appRoleAssignmentSchema = z.object({
  id: z.string().describe('Names the assignment in this API.'),
  principalId: z
    .string()
    .describe('The object id of the user, group or program; of a claim its name, = and its value.'),
  principalType: z.enum(PRINCIPAL_TYPES).describe('Who is meant.'),
  identityProviderId: z
    .string()
    .describe(
      "Whose user, group or claim the principal is: ids mean something at one provider only. Postern's own field.",
    ),
  principalDisplayName: z.string().describe('What administrators know them by.'),
  resourceId: z.string().describe('The application that they may enter.'),
  appRoleId: z.string().describe("One of the application's `appRoles`, or `DEFAULT_APP_ROLE_ID`."),
  createdDateTime: z.string().describe('When it was made.'),
});
export type AppRoleAssignment = z.infer<typeof appRoleAssignmentSchema>;

/** The body of `POST /servicePrincipals/{id}/appRoleAssignedTo`. */
export const appRoleAssignmentCreateSchema = z
  .strictObject({
    principalId: z.string().trim().min(1).max(APP_ROLE_LIMITS.principalIdLength),
    principalType: z.enum(PRINCIPAL_TYPES).default('User'),
    principalDisplayName: z.string().trim().max(256).optional(),
    appRoleId: z
      .guid({ error: refusedFor('mustBeGuid') })
      .toLowerCase()
      .default(DEFAULT_APP_ROLE_ID),
    resourceId: z.string().optional().describe("Graph's scripts name the resource too, which the path says."),
  })
  .refine(({ principalType, principalId }) => principalType !== 'Claim' || readClaimPrincipal(principalId) !== null, {
    path: ['principalId'],
    error: refusedFor('mustBeClaim'),
  });
export type AppRoleAssignmentCreate = z.infer<typeof appRoleAssignmentCreateSchema>;

/** The claim and the value that a principal of the type `Claim` stands for; null where the text is none. */
export function readClaimPrincipal(principalId: string): { readonly claim: string; readonly value: string } | null {
  const [, claim, value] = /^([^=\s]+)=(.+)$/s.exec(principalId) ?? [];
  return claim === undefined || value === undefined ? null : { claim, value };
}
