import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';

/** Graph says more than is read, and null where there is nothing. */
const text = z.string().nullish();
const flag = z.boolean().nullish();
const texts = z.array(z.string()).nullish();

const corsSchema = z.looseObject({
  resource: text,
  allowedOrigins: texts,
  allowedHeaders: texts,
  allowedMethods: texts,
  maxAgeInSeconds: z.number().nullish(),
});
const segmentSchema = z.looseObject({
  externalUrl: text,
  internalUrl: text,
  alternateUrl: text,
  corsConfigurations: z.array(corsSchema).nullish(),
});
const publishingSchema = z.looseObject({
  alternateUrl: text,
  applicationServerTimeout: text,
  applicationType: text,
  externalAuthenticationType: text,
  externalUrl: text,
  internalUrl: text,
  isBackendCertificateValidationEnabled: flag,
  isHttpOnlyCookieEnabled: flag,
  isOnPremPublishingEnabled: flag,
  isPersistentCookieEnabled: flag,
  isSecureCookieEnabled: flag,
  isTranslateHostHeaderEnabled: flag,
  isTranslateLinksInBodyEnabled: flag,
  isAccessibleViaZTNAClient: flag,
  useAlternateUrlForTranslationAndRedirect: flag,
  onPremisesApplicationSegments: z.array(segmentSchema).nullish(),
  segmentsConfiguration: z.looseObject({ applicationSegments: z.array(segmentSchema).nullish() }).nullish(),
  singleSignOnSettings: z
    .looseObject({
      singleSignOnMode: text,
      kerberosSignOnSettings: z
        .looseObject({ kerberosServicePrincipalName: text, kerberosSignOnMappingAttributeType: text })
        .nullish(),
    })
    .nullish(),
  verifiedCustomDomainCertificatesMetadata: z
    .looseObject({ thumbprint: text, subjectName: text, expiryDate: text })
    .nullish(),
  wafAllowedHeaders: z.unknown().optional(),
  wafProvider: text,
});
export type GraphPublishing = z.infer<typeof publishingSchema>;

const roleSchema = z.looseObject({
  id: z.string(),
  allowedMemberTypes: z.array(z.string()),
  displayName: text,
  description: text,
  isEnabled: flag,
  value: text,
});
export type GraphRole = z.infer<typeof roleSchema>;

const groupSchema = z.looseObject({ id: z.string(), name: z.string(), isDefault: flag, region: text });
export type GraphConnectorGroup = z.infer<typeof groupSchema>;

const applicationSchema = z.looseObject({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  description: text,
  tags: texts,
  identifierUris: texts,
  appRoles: z.array(roleSchema).nullish(),
  info: z.looseObject({ logoUrl: text }).nullish(),
  web: z.looseObject({ homePageUrl: text }).nullish(),
  onPremisesPublishing: publishingSchema.nullish(),
  connectorGroup: groupSchema.nullish(),
});
export type GraphApplication = z.infer<typeof applicationSchema>;

const assignmentSchema = z.looseObject({
  principalId: z.string(),
  principalType: text,
  principalDisplayName: text,
  resourceId: z.string(),
  appRoleId: text,
});
export type GraphAssignment = z.infer<typeof assignmentSchema>;

const principalSchema = z.looseObject({
  id: z.string(),
  appId: z.string(),
  displayName: text,
  accountEnabled: flag,
  appRoleAssignmentRequired: flag,
  appRoles: z.array(roleSchema).nullish(),
  tags: texts,
  preferredSingleSignOnMode: text,
  appRoleAssignedTo: z.array(assignmentSchema).nullish(),
});
export type GraphServicePrincipal = z.infer<typeof principalSchema>;

const connectorSchema = z.looseObject({
  id: z.string(),
  machineName: z.string(),
  memberOf: z.array(groupSchema).nullish(),
});
export type GraphConnector = z.infer<typeof connectorSchema>;

/** What a tenant says, gathered from all answers of Graph that there are. */
export interface GraphObjects {
  readonly applications: GraphApplication[];
  readonly servicePrincipals: GraphServicePrincipal[];
  readonly assignments: GraphAssignment[];
  readonly connectorGroups: GraphConnectorGroup[];
  readonly connectors: GraphConnector[];
  /** By the id of the application. */
  readonly groupOfApplication: Map<string, string>;
  /** By the id of the connector. */
  readonly groupOfConnector: Map<string, string>;
  /** Applications without `onPremisesPublishing`, and what is none of the above. */
  ignored: number;
  /** Files that end in a link to a page which may be missing. */
  readonly lastPages: { readonly file: string; readonly next: string }[];
}

/**
 * Reads answers of Graph: single objects, lists, `value` with pages; from files, and all `.json` files of folders.
 * @throws PosternError `CONFIG_INVALID` naming the file
 */
export function readGraphObjects(paths: readonly string[]): GraphObjects {
  const objects: GraphObjects = {
    applications: [],
    servicePrincipals: [],
    assignments: [],
    connectorGroups: [],
    connectors: [],
    groupOfApplication: new Map(),
    groupOfConnector: new Map(),
    ignored: 0,
    lastPages: [],
  };
  const files = paths.flatMap(listFiles);
  if (files.length === 0) throw invalid(paths.join(', '), 'there is no .json file');
  for (const file of files) readFile(file, objects);
  return objects;
}

function listFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : String(error), error);
  }
}

function readFile(file: string, objects: GraphObjects): void {
  let data: unknown;
  try {
    // PowerShell writes a byte order mark.
    data = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error), error);
  }
  try {
    readAnswer(data, '', file, objects);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw invalid(file, `it is no answer of Graph: ${z.prettifyError(error)}`, error);
  }
}

function readAnswer(data: unknown, context: string, file: string, objects: GraphObjects): void {
  if (Array.isArray(data)) {
    for (const each of data) readAnswer(each, context, file, objects);
    return;
  }
  if (typeof data !== 'object' || data === null) return;
  const fields = data as Readonly<Record<string, unknown>>;
  const own = typeof fields['@odata.context'] === 'string' ? fields['@odata.context'] : context;
  if (Array.isArray(fields['value'])) {
    const next = fields['@odata.nextLink'];
    if (typeof next === 'string') objects.lastPages.push({ file, next });
    readAnswer(fields['value'], own, file, objects);
    return;
  }
  // An application's answer that is its own: `…#applications('ID')/connectorGroup/$entity`.
  const applicationId = /applications(?:\('|\/)([\w-]+)(?:'\))?\/connectorGroup/.exec(own)?.[1];
  const groupId = /connectorGroups(?:\('|\/)([\w-]+)(?:'\))?\/(?:members|applications)/.exec(own)?.[1];
  if ('connectorGroupType' in fields) {
    const group = groupSchema.parse(fields);
    objects.connectorGroups.push(group);
    if (applicationId !== undefined) objects.groupOfApplication.set(applicationId, group.id);
    for (const member of asObjects(fields['members'])) readConnector(member, group.id, objects);
    for (const application of asObjects(fields['applications'])) {
      objects.groupOfApplication.set(String(application['id']), group.id);
    }
  } else if ('machineName' in fields) readConnector(fields, groupId, objects);
  else if ('principalId' in fields && 'resourceId' in fields) objects.assignments.push(assignmentSchema.parse(fields));
  else if ('onPremisesPublishing' in fields) readApplication(fields, groupId, objects);
  else if ('servicePrincipalType' in fields || 'appRoleAssignmentRequired' in fields) {
    const principal = principalSchema.parse(fields);
    objects.servicePrincipals.push(principal);
    objects.assignments.push(...(principal.appRoleAssignedTo ?? []));
  } else objects.ignored += 1;
}

function readApplication(fields: object, groupId: string | undefined, objects: GraphObjects): void {
  const application = applicationSchema.parse(fields);
  const { onPremisesPublishing, connectorGroup } = application;
  // Only its address says that an application is published: Graph sends an empty object for others.
  if (onPremisesPublishing === null || onPremisesPublishing === undefined) objects.ignored += 1;
  else objects.applications.push(application);
  if (connectorGroup) {
    objects.connectorGroups.push(connectorGroup);
    objects.groupOfApplication.set(application.id, connectorGroup.id);
  } else if (groupId !== undefined) objects.groupOfApplication.set(application.id, groupId);
}

function readConnector(fields: object, groupId: string | undefined, objects: GraphObjects): void {
  const connector = connectorSchema.parse(fields);
  objects.connectors.push(connector);
  const group = connector.memberOf?.[0];
  if (group !== undefined) objects.connectorGroups.push(group);
  const id = groupId ?? group?.id;
  if (id !== undefined) objects.groupOfConnector.set(connector.id, id);
}

function asObjects(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
}

function invalid(file: string, reason: string, cause?: unknown): PosternError {
  return new PosternError('CONFIG_INVALID', { message: `${file} can't be read: ${reason}.`, cause });
}
