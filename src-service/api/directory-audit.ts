import type { AuditRecord } from '../store/audit-records.ts';
import { modifiedProperties, type ModifiedProperty } from './modified-properties.ts';

/** An audit record as Graph shows it (`directoryAudit`, beta). */
export interface DirectoryAudit {
  readonly id: string;
  readonly sequence: number;
  readonly activityDateTime: string;
  readonly activityDisplayName: string;
  readonly operationType: string;
  readonly category: string;
  readonly correlationId: string;
  readonly loggedByService: string;
  readonly result: 'success';
  readonly resultReason: string;
  readonly initiatedBy: {
    readonly user: {
      readonly id: string;
      readonly displayName: string;
      readonly userPrincipalName: null;
      readonly ipAddress: string | null;
    } | null;
    readonly app: {
      readonly appId: null;
      readonly servicePrincipalId: string;
      readonly displayName: string;
      readonly servicePrincipalName: null;
    } | null;
  };
  readonly targetResources: readonly {
    readonly id: string;
    readonly displayName: string | null;
    readonly type: string;
    readonly userPrincipalName: null;
    readonly groupType: null;
    readonly modifiedProperties: readonly ModifiedProperty[];
  }[];
  readonly additionalDetails: readonly { readonly key: string; readonly value: string }[];
}

/** Only what was done is in the audit. */
export const AUDIT_RESULT = 'success';
export const AUDITING_SERVICE = 'Application Proxy';
export const OTHER_CATEGORY = 'Other';

interface Target {
  readonly category: string;
  /** Graph's word for the kind of thing, where it has one. */
  readonly type: string;
}

/** By what the store calls the kind of thing. */
export const AUDIT_TARGETS: Readonly<Record<string, Target>> = {
  application: { category: 'ApplicationManagement', type: 'Application' },
  assignment: { category: 'ApplicationManagement', type: 'AppRoleAssignment' },
  bodyCapture: { category: 'ApplicationManagement', type: 'BodyCapture' },
  certificate: { category: 'ApplicationManagement', type: 'Certificate' },
  connector: { category: 'DirectoryManagement', type: 'Connector' },
  connectorGroup: { category: 'GroupManagement', type: 'ConnectorGroup' },
  enrolmentToken: { category: 'DirectoryManagement', type: 'EnrolmentToken' },
  session: { category: 'UserManagement', type: 'Session' },
  user: { category: 'UserManagement', type: 'User' },
};

/** Graph's words for the verbs that it knows. */
const OPERATIONS: Readonly<Record<string, string>> = {
  create: 'Add',
  enrol: 'Add',
  delete: 'Delete',
  revoke: 'Delete',
  update: 'Update',
  updateLogo: 'Update',
  move: 'Update',
};

export function toDirectoryAudit(record: AuditRecord): DirectoryAudit {
  const { initiatedBy, targetKind, before, after } = record;
  const { id, displayName, kind, ipAddress } = initiatedBy;
  const target = AUDIT_TARGETS[targetKind] ?? { category: OTHER_CATEGORY, type: targetKind };
  const isUser = kind === 'user';
  const details = { initiatedByKind: kind, ipAddress, previousHash: record.previousHash, hash: record.hash };
  return {
    id: record.id,
    sequence: record.sequence,
    activityDateTime: record.activityDateTime,
    activityDisplayName: record.activityDisplayName,
    operationType: OPERATIONS[record.activityDisplayName.split('.').at(-1) ?? ''] ?? 'Other',
    category: target.category,
    correlationId: record.activityId,
    loggedByService: AUDITING_SERVICE,
    result: AUDIT_RESULT,
    resultReason: '',
    initiatedBy: {
      user: isUser ? { id, displayName, userPrincipalName: null, ipAddress } : null,
      app: isUser ? null : { appId: null, servicePrincipalId: id, displayName, servicePrincipalName: null },
    },
    targetResources: [
      {
        id: record.targetId,
        displayName: nameOf(after) ?? nameOf(before),
        type: target.type,
        userPrincipalName: null,
        groupType: null,
        modifiedProperties: modifiedProperties(before, after),
      },
    ],
    additionalDetails: Object.entries(details).flatMap(([key, value]) => (value === null ? [] : [{ key, value }])),
  };
}

/** What the thing was called: groups of connectors have a name, all else a display name. */
function nameOf(state: unknown): string | null {
  if (typeof state !== 'object' || state === null) return null;
  const { displayName, name } = state as Readonly<Record<string, unknown>>;
  const found = displayName ?? name;
  return typeof found === 'string' ? found : null;
}
