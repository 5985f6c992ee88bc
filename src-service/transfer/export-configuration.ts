import { X509Certificate } from 'node:crypto';
import { Document } from 'yaml';
import { type AppRoleAssignment, DEFAULT_APP_ROLE_ID } from '../../src-shared/publishing/app-roles.ts';
import { APPLICATION_PRESENTATION_DEFAULTS } from '../../src-shared/publishing/application-presentation.ts';
import { type Application, ON_PREMISES_PUBLISHING_DEFAULTS } from '../../src-shared/publishing/application.ts';
import { readDnsNames } from '../certificates/describe-certificate.ts';
import type { CertificateRecord } from '../store/certificate-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../store/migrations.ts';
import { CONFIGURATION_FILE_VERSION, type ConfigurationFileInput } from './configuration-file.ts';
import { logoDataUrl } from './logo-data-url.ts';
import type { TenantState } from './tenant-state.ts';

export const CONFIGURATION_FORMATS = ['yaml', 'json'] as const;
export type ConfigurationFormat = (typeof CONFIGURATION_FORMATS)[number];

/** How editors find the schema: `postern-service config schema configuration` writes it. */
const SCHEMA_FILE = './postern-configuration.schema.json';
const HEADER = ` yaml-language-server: $schema=${SCHEMA_FILE}

 The configuration of a Postern tenant. See what a change of it would do, and make it:

   postern-service --config service.yaml config plan FILE
   postern-service --config service.yaml config apply FILE

 A field that is left out has its default; a section that is left out stays as it is, and so do logo and assignments of
 an application. What stands in the store and not in the file is deleted with --prune alone. Any text may stand in a
 file or in the environment instead: { fromFile: secret.txt }, { fromEnvironment: NAME }. Private keys of certificates
 are never written here; the store needs their files only for a certificate that it has not got.
`;

export interface ExportOptions {
  /** The provider of applications that name none. */
  readonly defaultProviderId: string;
  /** Writes fields that have their default, too. */
  readonly isComplete: boolean;
}

/** The state as a file has it: in an order that depends on nothing but its content, so that two exports can be compared. */
export function toConfigurationFile(state: TenantState, options: ExportOptions): ConfigurationFileInput {
  const groups = state.connectorGroups.toSorted(
    by(({ id, name }) => [id === DEFAULT_CONNECTOR_GROUP_ID ? '' : name, id]),
  );
  const applications = state.applications.toSorted(
    by(({ displayName, onPremisesPublishing }) => [displayName, onPremisesPublishing.externalUrl]),
  );
  const certificates = state.certificates.toSorted(by(({ chain, thumbprint }) => [firstName(chain), thumbprint]));
  return {
    version: CONFIGURATION_FILE_VERSION,
    connectorGroups: groups.map(({ id, name }) => ({ id, name })),
    applications: applications.map((application) => toApplicationEntry(application, state, options)),
    certificates: certificates.map(({ id, chain }) => ({
      id,
      chain,
      privateKey: { fromFile: keyFile(chain, id, certificates) },
    })),
  };
}

/** The text of a file, its comment included where the format has comments. */
export function writeConfigurationFile(file: ConfigurationFileInput, format: ConfigurationFormat): string {
  if (format === 'json') return `${JSON.stringify({ $schema: SCHEMA_FILE, ...file }, null, 2)}\n`;
  const document = new Document(file, { aliasDuplicateObjects: false });
  document.commentBefore = HEADER.trimEnd();
  return document.toString({ lineWidth: 0 });
}

function toApplicationEntry(
  application: Application,
  state: TenantState,
  options: ExportOptions,
): NonNullable<ConfigurationFileInput['applications']>[number] {
  const { id, appId, displayName, description, tags, web, appRoleAssignmentRequired, appRoles } = application;
  const { externalUrl, internalUrl, ...settings } = application.onPremisesPublishing;
  const logo = state.logos.get(id);
  const assignments = state.assignments.filter(({ resourceId }) => resourceId === id);
  const group = state.connectorGroups.find((each) => each.id === application.connectorGroupId);
  const shorten = <Whole extends object>(whole: Whole, defaults: object): Partial<Whole> =>
    options.isComplete ? whole : withoutDefaults(whole, defaults);
  return {
    id,
    appId,
    displayName,
    ...shorten({ description, tags, web }, APPLICATION_PRESENTATION_DEFAULTS),
    logo: logo === undefined ? null : logoDataUrl(Buffer.from(logo.octets)),
    ...shorten({ appRoleAssignmentRequired, appRoles }, { appRoleAssignmentRequired: true, appRoles: [] }),
    connectorGroup: group?.name ?? '',
    onPremisesPublishing: { externalUrl, internalUrl, ...shorten(settings, ON_PREMISES_PUBLISHING_DEFAULTS) },
    assignments: assignments
      .toSorted(by((each) => [each.principalType, each.principalDisplayName, each.principalId, each.appRoleId]))
      .map((assignment) => toAssignmentEntry(assignment, application, options)),
  };
}

function toAssignmentEntry(
  { principalType, principalId, principalDisplayName, appRoleId, identityProviderId }: AppRoleAssignment,
  { appRoles, onPremisesPublishing }: Application,
  { defaultProviderId }: ExportOptions,
): NonNullable<NonNullable<ConfigurationFileInput['applications']>[number]['assignments']>[number] {
  const role = appRoles.find(({ id }) => id === appRoleId);
  const own = onPremisesPublishing.identityProviderId ?? defaultProviderId;
  return {
    principalType,
    principalId,
    principalDisplayName,
    ...(appRoleId !== DEFAULT_APP_ROLE_ID && { appRole: role?.value ?? appRoleId }),
    ...(identityProviderId !== own && { identityProviderId }),
  };
}

function withoutDefaults<Whole extends object>(whole: Whole, defaults: object): Partial<Whole> {
  const isOwn = ([name, value]: [string, unknown]): boolean =>
    JSON.stringify(value) !== JSON.stringify(Reflect.get(defaults, name));
  return Object.fromEntries(Object.entries(whole).filter(isOwn)) as Partial<Whole>;
}

/** Where an operator would lay the key of a certificate: named after it, and by its id where several have that name. */
function keyFile(chain: string, id: string, all: readonly CertificateRecord[]): string {
  const name = firstName(chain);
  const isAlone = all.every((other) => other.id === id || firstName(other.chain) !== name);
  return `certificates/${name.replaceAll('*', '_')}${isAlone ? '' : `-${id}`}.key`;
}

function firstName(chain: string): string {
  return readDnsNames(new X509Certificate(chain))[0] ?? 'unnamed';
}

/** Compares by code units, so that no locale has a say in the order. */
function by<Item>(keys: (item: Item) => readonly string[]): (a: Item, b: Item) => number {
  return (a, b) => {
    const [left, right] = [keys(a), keys(b)];
    for (const [index, key] of left.entries()) {
      const other = right[index] ?? '';
      if (key !== other) return key < other ? -1 : 1;
    }
    return 0;
  };
}
