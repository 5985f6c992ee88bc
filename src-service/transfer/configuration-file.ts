import { z } from 'zod';
import { appRolesInputSchema, appRoleAssignmentSchema } from '../../src-shared/publishing/app-roles.ts';
import { applicationPresentationSchema } from '../../src-shared/publishing/application-presentation.ts';
import { applicationCreateSchema, onPremisesPublishingSchema } from '../../src-shared/publishing/application.ts';
import { segmentsConfigurationInputSchema } from '../../src-shared/publishing/segments.ts';
import { singleSignOnSettingsInputSchema } from '../../src-shared/publishing/single-sign-on.ts';

/** The form that is written; older ones are upgraded as they are read (`configuration-upgrades.ts`). */
export const CONFIGURATION_FILE_VERSION = 1;

const MAX_ID_LENGTH = 64;
const id = z
  .string()
  .max(MAX_ID_LENGTH)
  .regex(/^[\w.-]+$/, 'must be letters, digits, hyphens, full stops and underscores');
const groupName = z.string().trim().min(1).max(120);

/** Where a text stands that the file doesn't hold itself. */
const referenceSchema = z.union([
  z.strictObject({ fromFile: z.string().min(1) }),
  z.strictObject({ fromEnvironment: z.string().min(1) }),
]);
export type TextReference = z.infer<typeof referenceSchema>;

/** Whether a value stands for a text that is elsewhere. */
export function isTextReference(value: unknown): value is TextReference {
  return referenceSchema.safeParse(value).success;
}

const connectorGroupEntrySchema = z.strictObject({ id: id.optional(), name: groupName });

const assignmentEntrySchema = z.strictObject({
  principalType: appRoleAssignmentSchema.shape.principalType.default('User'),
  principalId: z.string().trim().min(1).max(256),
  principalDisplayName: z.string().trim().max(256).optional(),
  /** The `value` or `id` of one of the application's `appRoles`; entry without a role where absent. */
  appRole: z.string().min(1).optional(),
  /** The application's own where absent. */
  identityProviderId: z.string().max(64).optional(),
});
export type AssignmentEntry = z.infer<typeof assignmentEntrySchema>;

const applicationEntrySchema = z.strictObject({
  /** Found by its external URL where absent. */
  id: id.optional(),
  appId: id.optional(),
  displayName: applicationCreateSchema.shape.displayName,
  ...applicationPresentationSchema.partial().shape,
  /** A `data:` URL. Absent: the logo stays as it is; null: none. */
  logo: z.string().nullable().optional(),
  appRoleAssignmentRequired: z.boolean().optional(),
  appRoles: appRolesInputSchema.optional(),
  /** By name; Default where absent. */
  connectorGroup: groupName.optional(),
  onPremisesPublishing: onPremisesPublishingSchema
    .partial()
    .extend({
      segmentsConfiguration: segmentsConfigurationInputSchema.nullable().optional(),
      singleSignOnSettings: singleSignOnSettingsInputSchema.nullable().optional(),
    })
    .required({ externalUrl: true, internalUrl: true }),
  /** Absent: they stay as they are. */
  assignments: z.array(assignmentEntrySchema).optional(),
});
export type ApplicationEntry = z.infer<typeof applicationEntrySchema>;

const certificateEntrySchema = z.strictObject({
  id: id.optional(),
  /** PEM: the certificate and its intermediates. */
  chain: z.string().min(1),
  /** Needed where the store doesn't have the certificate yet. */
  privateKey: z.union([z.string().min(1), referenceSchema]).optional(),
  passphrase: z.union([z.string(), referenceSchema]).optional(),
});
export type CertificateEntry = z.infer<typeof certificateEntrySchema>;

/** The configuration of the tenant as a file. A section that is absent is left alone. */
export const configurationFileSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(CONFIGURATION_FILE_VERSION),
  connectorGroups: z.array(connectorGroupEntrySchema).optional(),
  applications: z.array(applicationEntrySchema).optional(),
  certificates: z.array(certificateEntrySchema).optional(),
});
export type ConfigurationFile = z.infer<typeof configurationFileSchema>;
/** What may be written to a file: with defaults left out. */
export type ConfigurationFileInput = z.input<typeof configurationFileSchema>;
