import type { ConfigurationProblem } from '../../src-shared/configuration/configuration-issues.ts';
import type { TenantRecords } from '../store/store.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';
import type { FieldChange } from './field-changes.ts';

export type ObjectKind = 'connectorGroup' | 'application' | 'assignment' | 'certificate';

/** What would become of one object. */
export interface ObjectChange {
  readonly action: 'create' | 'change' | 'delete';
  readonly kind: ObjectKind;
  /** Null where it gets one as it is made. */
  readonly id: string | null;
  /** What people call it. */
  readonly name: string;
  readonly fields: readonly FieldChange[];
  /** When it comes among the others: what others stand on first, what stands on others goes before those. */
  readonly step: number;
  /** Makes the change, within one transaction of all of them. */
  readonly make: (records: TenantRecords, context: ChangeContext) => Promise<unknown>;
}

/** An object of the store that the file says nothing of. */
export interface KeptObject {
  readonly kind: ObjectKind;
  readonly id: string;
  readonly name: string;
}

/** What a file would do to the store. */
export interface ConfigurationPlan {
  /** In the order in which they are made. */
  readonly changes: readonly ObjectChange[];
  /** What would be deleted with `--prune`. */
  readonly kept: readonly KeptObject[];
  /** With any of these nothing is applied. */
  readonly problems: readonly ConfigurationProblem[];
}

/** The order of changes. */
export const STEPS = {
  deleteAssignment: 0,
  deleteApplication: 1,
  writeGroup: 2,
  writeApplication: 3,
  writeAssignment: 4,
  deleteGroup: 5,
  certificate: 6,
} as const;
